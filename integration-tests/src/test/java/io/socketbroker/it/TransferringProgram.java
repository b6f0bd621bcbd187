package io.socketbroker.it;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A program of its own that opens connections and hands each over at once, until it is killed. */
final class TransferringProgram {
    private TransferringProgram() {}

    /** The runtime folder of the broker, the port on the loopback that it connects to, and how many connections at most. */
    public static void main(String[] args) {
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(args[1]));
        try (BrokerClient client = BrokerClient.connect(Path.of(args[0]))) {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                client.transfer(TransferRequest.of(Sockets.connectTcp(address), "t" + i, "line"));
            }
        }
    }

    /** Starts it. */
    static Process start(Path runtimeDirectory, int port, int most) throws IOException {
        return new ProcessBuilder(
                        BrokerProcess.java(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TransferringProgram.class.getName(),
                        runtimeDirectory.toString(),
                        Integer.toString(port),
                        Integer.toString(most))
                .inheritIO()
                .start();
    }
}
