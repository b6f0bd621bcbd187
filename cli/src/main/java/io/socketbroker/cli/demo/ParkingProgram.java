package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.LogManager;

/** A program with a connection: opens it, leaves it with the broker and exits. Arguments: runtime folder, port, id. */
final class ParkingProgram {

    static final String TASK = "conversation";
    static final String CONTEXT = "messages=0";

    private ParkingProgram() {}

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        int port = Integer.parseInt(arguments[1]);
        try (var socket = Sockets.connectTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                var client = BrokerClient.connect(Path.of(arguments[0]))) {
            var local = (Endpoint.Inet) Sockets.localEndpoint(socket.fd()).orElseThrow();
            System.out.println("port=" + local.port());
            System.out.println("cookie=" + Long.toUnsignedString(SocketOptions.cookie(socket.fd())));
            client.transfer(TransferRequest.of(socket, arguments[2], TASK)
                    .withContext(CONTEXT.getBytes(StandardCharsets.UTF_8)));
            System.out.println("parked=true");
        }
        System.exit(0);
    }
}
