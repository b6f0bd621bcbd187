package io.socketbroker.benchmarks;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.SpawnRequest.Mapping;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.linux.Spawner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The floor: a thread that accepts, spawns and waits, with nothing else in the path. */
final class SpawnFloor implements Contender {
    private final OwnedFd listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    private final Thread thread = Thread.ofPlatform().daemon().name("floor").start(this::serve);
    private volatile boolean stopped;

    private void serve() {
        while (!stopped) {
            Optional<OwnedFd> accepted;
            try {
                accepted = Sockets.accept(listener.fd(), false);
            } catch (LinuxException e) {
                if (stopped) {
                    return;
                }
                throw e;
            }
            SpawnedProcess process;
            try (OwnedFd connection = accepted.orElseThrow()) {
                process = Spawner.spawn(new SpawnRequest(
                        "/bin/cat",
                        List.of("/bin/cat"),
                        Map.of(),
                        List.of(new Mapping(connection.fd(), 0), new Mapping(connection.fd(), 1)),
                        Optional.empty(),
                        true));
            }
            PidFd.waitFor(process.pidfd().fd(), true);
            process.pidfd().close();
        }
    }

    @Override
    public String name() {
        return "posix_spawn floor";
    }

    @Override
    public InetSocketAddress address() {
        Endpoint.Inet bound =
                (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
        return new InetSocketAddress(bound.address(), bound.port());
    }

    @Override
    public void close() {
        stopped = true;
        // Wakes the accept, which then fails with EINVAL.
        Sockets.shutdown(listener.fd(), Sockets.SHUT_RDWR);
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        listener.close();
    }
}
