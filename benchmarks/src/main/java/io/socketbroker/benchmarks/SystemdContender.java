package io.socketbroker.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** systemd-socket-activate(1) with --accept --inetd, from Debian's systemd. */
final class SystemdContender implements Contender {
    private static final Path PROGRAM = Path.of("/usr/bin/systemd-socket-activate");

    private final Process process;
    private final InetSocketAddress address;

    private SystemdContender(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** Empty where the program is not installed. */
    static Optional<Contender> start() throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            return Optional.empty();
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(
                        PROGRAM.toString(), "--accept", "--inetd", "-l", "127.0.0.1:" + port, "/bin/cat")
                .redirectErrorStream(true)
                .start();
        // "Listening on ..." comes once it does.
        var output = process.inputReader();
        String line = output.readLine();
        if (line == null || !line.contains("Listening")) {
            process.destroy();
            throw new IOException("systemd-socket-activate said: " + line);
        }
        Thread.ofPlatform()
                .daemon()
                .name("systemd-output")
                .start(() -> output.lines().forEach(_ -> {}));
        return Optional.of(
                new SystemdContender(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    @Override
    public String name() {
        return "systemd-socket-activate";
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
