package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A program of its own with one connection that it gives away and takes back, step by step: one word a line on its standard
 * input, see {@link ClientDeathsIT}, and "ok" on its standard output.
 */
final class ClientProgram {
    private final ProtocolClient client;
    private final OwnedFd mine;
    private final ByteString deposit = ProtocolClient.newDepositId();
    private ByteString token = ByteString.EMPTY;
    private long deliveryId;

    private ClientProgram(ProtocolClient client, OwnedFd mine) {
        this.client = client;
        this.mine = mine;
    }

    /** The runtime folder of the broker and the port on the loopback that it connects to. */
    public static void main(String[] args) throws IOException {
        ClientProgram program = new ClientProgram(
                new ProtocolClient(Path.of(args[0])),
                Sockets.connectTcp(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(args[1]))));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            program.obey(line);
            System.out.println("ok");
        }
    }

    private void obey(String word) {
        switch (word) {
            case "connect" -> {}
            case "deposit" ->
                assertThat(client.fdSock().deposit(deposit, 1, mine.fd()).hasDeposited())
                        .isTrue();
            case "transfer" ->
                client.sockets()
                        .transferOwnership(TransferOwnershipRequest.newBuilder()
                                .setDepositId(deposit)
                                .addItems(ProtocolClient.item("task", "s"))
                                .build());
            case "close" -> mine.close();
            case "reclaim" -> token = client.startReclaim("s").getToken();
            case "claim" -> {
                FdConnection.Answer answer = client.fdSock().claim(token);
                List<OwnedFd> taken = answer.descriptors();
                assertThat(taken).hasSize(1);
                deliveryId = answer.frame().getDelivery().getDeliveryId();
            }
            case "acknowledge" ->
                assertThat(client.fdSock().acknowledge(deliveryId).hasReleased())
                        .isTrue();
            default -> throw new IllegalArgumentException(word);
        }
    }
}
