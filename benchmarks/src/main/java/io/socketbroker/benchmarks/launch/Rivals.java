package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.Programs;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Super-servers of Debian, in the foreground, for /bin/cat on a port of the loopback address. */
final class Rivals {
    private static final String CAT = "/bin/cat";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Rivals() {}

    /** Those that are installed; of the others the report has a line. */
    static List<EchoServer> start(Workshop workshop, Report report) throws IOException {
        List<EchoServer> servers = new ArrayList<>();
        Optional<Path> systemd = Programs.find(report, "systemd-socket-activate");
        if (systemd.isPresent()) {
            servers.add(systemd(workshop, systemd.get()));
        }
        Optional<Path> tcpserver = Programs.find(report, "tcpserver");
        if (tcpserver.isPresent()) {
            servers.add(tcpserver(workshop, tcpserver.get()));
        }
        Optional<Path> xinetd = Programs.find(report, "xinetd");
        if (xinetd.isPresent()) {
            servers.add(xinetd(workshop, xinetd.get()));
        }
        return servers;
    }

    /** See systemd-socket-activate(1). */
    private static EchoServer systemd(Workshop workshop, Path program) throws IOException {
        InetSocketAddress address = freeAddress();
        Process process = workshop.start(new ProcessBuilder(
                        program.toString(), "--accept", "--inetd", "-l", "127.0.0.1:" + address.getPort(), CAT)
                .redirectErrorStream(true));
        String said = firstLine(process);
        if (!said.contains("Listening")) {
            throw new InvalidRunException("systemd-socket-activate said: " + said);
        }
        return new EchoServer(Role.RIVAL, "systemd-socket-activate", address);
    }

    /** See tcpserver(1): no look-ups of names or users, and the port that the kernel chose on standard output. */
    private static EchoServer tcpserver(Workshop workshop, Path program) throws IOException {
        Process process = workshop.start(
                new ProcessBuilder(program.toString(), "-1", "-H", "-R", "-D", "-l", "localhost", "127.0.0.1", "0", CAT)
                        .redirectErrorStream(true));
        String said = firstLine(process);
        try {
            return new EchoServer(Role.RIVAL, "tcpserver", ColdLaunch.loopback(Integer.parseInt(said.strip())));
        } catch (NumberFormatException e) {
            throw new InvalidRunException("tcpserver said: " + said, e);
        }
    }

    /** See xinetd.conf(5): without its log, and without the bound of 50 connections a second. */
    private static EchoServer xinetd(Workshop workshop, Path program) throws IOException {
        InetSocketAddress address = freeAddress();
        Path configuration = workshop.folder().resolve("xinetd.conf");
        Files.writeString(configuration, """
                service cat
                {
                    type = UNLISTED
                    socket_type = stream
                    protocol = tcp
                    wait = no
                    user = %s
                    server = %s
                    bind = 127.0.0.1
                    port = %d
                    flags = NODELAY
                    cps = 100000 1
                    instances = UNLIMITED
                    per_source = UNLIMITED
                    log_type = FILE %s
                }
                """.formatted(
                        System.getProperty("user.name"),
                        CAT,
                        address.getPort(),
                        workshop.folder().resolve("xinetd.log")));
        Process process = workshop.start(new ProcessBuilder(
                        program.toString(),
                        "-dontfork",
                        "-f",
                        configuration.toString(),
                        "-pidfile",
                        workshop.folder().resolve("xinetd.pid").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectErrorStream(true));
        awaitListening(process, address);
        return new EchoServer(Role.RIVAL, "xinetd", address);
    }

    /** It does not say when it listens. */
    private static void awaitListening(Process process, InetSocketAddress address) {
        long begun = System.nanoTime();
        while (!listens(address)) {
            if (!process.isAlive() || System.nanoTime() - begun > START_NANOS) {
                throw new InvalidRunException("xinetd does not listen on " + address);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** What comes later is read and forgotten, so that nobody waits for a full pipe. */
    private static String firstLine(Process process) throws IOException {
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        Thread.ofPlatform()
                .daemon()
                .name("rival-output")
                .start(() -> output.lines().forEach(_ -> {}));
        return line == null ? "nothing" : line;
    }

    /** Some servers cannot let the kernel choose. */
    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return ColdLaunch.loopback(free.getLocalPort());
        }
    }
}
