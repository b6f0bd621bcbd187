package io.socketbroker.daemon.network;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.RouteSocket;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace that is changed at will, without harm to the host's. A child process lives in it; as the helper of a
 * hardened broker does, it makes the socket that hears of its changes and passes it on.
 */
final class PrivateNetwork implements AutoCloseable {
    private static final List<String> UNSHARE = List.of("unshare", "--map-root-user", "--net");

    private final Process child;
    private final BufferedReader answers;
    private Optional<OwnedFd> routeSocket;

    private PrivateNetwork(Process child, OwnedFd routeSocket) {
        this.child = child;
        this.answers = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        this.routeSocket = Optional.of(routeSocket);
    }

    /** Skips the test where unshare(1) or ip(8) is missing, or the kernel does not let this user have a namespace. */
    static PrivateNetwork create(Path directory) throws IOException, InterruptedException {
        List<String> check = new ArrayList<>(UNSHARE);
        check.addAll(List.of("ip", "link", "set", "lo", "up"));
        try {
            int status = program(check)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            Assumptions.assumeTrue(status == 0, "no private network here: unshare and ip ended with " + status);
        } catch (IOException e) {
            Assumptions.abort("no private network here: " + e.getMessage());
        }
        return start(directory.resolve("hand-over"));
    }

    private static PrivateNetwork start(Path path) throws IOException {
        List<String> command = new ArrayList<>(UNSHARE);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        // Surefire hides the class path in the manifest of a jar.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, InsideMain.class.getName(), path.toString()));
        try (OwnedFd listener = Sockets.listenUnix(path, Sockets.SOCK_SEQPACKET, 1)) {
            SocketOptions.setReceiveTimeout(listener.fd(), Duration.ofSeconds(20));
            Process child = program(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OwnedFd connection = Sockets.accept(listener.fd(), false).orElseThrow();
                    DescriptorChannel channel = new DescriptorChannel(1)) {
                DescriptorChannel.Received.Message message =
                        (DescriptorChannel.Received.Message) channel.receiveBlocking(connection.fd());
                return new PrivateNetwork(child, message.descriptors().getFirst());
            }
        }
    }

    private static ProcessBuilder program(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        // ip(8) is in a folder that users without privileges often do not look in.
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        return builder;
    }

    /** The socket, whose owner is the caller from now on. */
    OwnedFd takeRouteSocket() {
        OwnedFd taken = routeSocket.orElseThrow();
        routeSocket = Optional.empty();
        return taken;
    }

    /** Runs ip(8) there. */
    void ip(String arguments) throws IOException {
        child.getOutputStream().write((arguments + "\n").getBytes(StandardCharsets.UTF_8));
        child.getOutputStream().flush();
        String status = answers.readLine();
        if (!"0".equals(status)) {
            throw new IllegalStateException("ip " + arguments + " ended with " + status);
        }
    }

    @Override
    public void close() throws IOException {
        routeSocket.ifPresent(OwnedFd::close);
        child.getOutputStream().close(); // which ends it
        child.onExit().join();
        answers.close();
    }

    /** Inside the namespace. */
    static final class InsideMain {
        private InsideMain() {}

        public static void main(String[] arguments) throws Exception {
            try (RouteSocket socket = RouteSocket.open();
                    OwnedFd connection = Sockets.connectUnix(Path.of(arguments[0]), Sockets.SOCK_SEQPACKET);
                    DescriptorChannel channel = new DescriptorChannel(1)) {
                channel.sendBlocking(connection.fd(), new byte[1], List.of(socket.fd()));
            }
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                List<String> command = new ArrayList<>(List.of("ip"));
                command.addAll(Arrays.asList(line.split(" ", -1)));
                Process ip = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                System.out.println(ip.waitFor());
            }
        }
    }
}
