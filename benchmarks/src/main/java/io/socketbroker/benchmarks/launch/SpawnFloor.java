package io.socketbroker.benchmarks.launch;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.SpawnRequest.Mapping;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.linux.Spawner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The floor, as a program: accepts, spawns and waits, with nothing else in the path. */
public final class SpawnFloor {
    /** As most of the others do. A locale in it would make /bin/cat open a dozen of files more: benchmarks/run sets C. */
    private static final Map<String, String> ENVIRONMENT = System.getenv();

    private SpawnFloor() {}

    /** Prints the port, and serves until standard input ends. */
    public static void main(String[] args) throws IOException {
        OwnedFd listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        Thread.ofPlatform().daemon().name("floor").start(() -> serve(listener));
        System.out.println(addressOf(listener).getPort());
        while (System.in.read() >= 0) {
            // Nobody says anything; the end counts.
        }
    }

    /** Where a socket listens. */
    static InetSocketAddress addressOf(OwnedFd listener) {
        Endpoint.Inet bound =
                (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
        return bound.toSocketAddress();
    }

    private static void serve(OwnedFd listener) {
        while (true) {
            SpawnedProcess process;
            try (OwnedFd connection = Sockets.accept(listener.fd(), false).orElseThrow()) {
                process = Spawner.spawn(new SpawnRequest(
                        "/bin/cat",
                        List.of("/bin/cat"),
                        ENVIRONMENT,
                        List.of(new Mapping(connection.fd(), 0), new Mapping(connection.fd(), 1)),
                        Optional.empty(),
                        true));
            }
            PidFd.waitFor(process.pidfd().fd(), true);
            process.pidfd().close();
        }
    }
}
