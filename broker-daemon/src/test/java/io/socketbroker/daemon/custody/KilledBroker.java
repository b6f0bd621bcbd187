package io.socketbroker.daemon.custody;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The main class of a process that puts connections to a port into a vault, which it starts by itself if need be, and then
 * answers each line on its standard input once the vault is whole. It is there to be killed.
 */
final class KilledBroker implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private KilledBroker(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Started, and everything put. */
    static KilledBroker start(Path socket, int port, int connections) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        KilledBroker.class.getName(),
                        socket.toString(),
                        Integer.toString(port),
                        Integer.toString(connections))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        KilledBroker broker = new KilledBroker(process);
        broker.awaitWhole();
        return broker;
    }

    /** Until the vault has everything. */
    void awaitWhole() throws IOException {
        process.outputWriter().write("whole?\n");
        process.outputWriter().flush();
        String line = output.readLine();
        while (line != null && !line.equals("whole")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the broker has ended");
        }
    }

    /** kill -9. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public static void main(String[] args) throws IOException {
        Path socket = Path.of(args[0]);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        CustodyHarness harness =
                CustodyHarness.start(new VaultCustody(socket, VaultProcess.ofThisJvm(socket), VaultSettings.DEFAULT));
        List<OwnedFd> connections = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            connections.add(Sockets.connectTcp(peer));
        }
        harness.putSafely(0, connections);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null) {
            harness.awaitWhole();
            System.out.println("whole");
        }
    }
}
