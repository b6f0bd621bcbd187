package io.socketbroker.benchmarks;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The broker, as its own process, with a listener of task /bin/cat. */
final class BrokerContender implements Contender {
    private final Process daemon;
    private final InetSocketAddress address;

    BrokerContender(Path launcher, Path runtimeDirectory) throws IOException {
        daemon = new ProcessBuilder(launcher.toString(), "daemon", "--runtime-dir", runtimeDirectory.toString())
                .redirectErrorStream(true)
                .start();
        awaitServing(daemon);
        OwnedFd listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        Endpoint.Inet bound =
                (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
        address = new InetSocketAddress(bound.address(), bound.port());
        try (BrokerClient client = BrokerClient.connect(runtimeDirectory)) {
            client.registerTask(TaskDefinition.of("cat", "/bin/cat"));
            client.transfer(TransferRequest.of(listener, "listener", "cat")
                    .withAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION));
        }
    }

    /** The daemon says so; the launcher may have to build it first. */
    private static void awaitServing(Process daemon) throws IOException {
        BufferedReader output = daemon.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("serving on")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the daemon ended before it served");
        }
        Thread.ofPlatform()
                .daemon()
                .name("daemon-output")
                .start(() -> output.lines().forEach(_ -> {}));
    }

    @Override
    public String name() {
        return "Socket Broker";
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        daemon.destroy();
        daemon.onExit().join();
    }
}
