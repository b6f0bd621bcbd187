package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Fd;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reclaims in one message on fd.sock; {@link ClaimsIT} has those in two. */
final class ReclaimFrameIT {
    /** SCM_MAX_FD. */
    private static final int MOST = 253;

    private static final ByteString LARGE = ByteString.copyFrom(new byte[64 * 1024]);

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Bystander bystander;

    @BeforeEach
    void connect() {
        client = broker.client();
        client.register("task", Specs.lineAnswerer());
        bystander = Bystander.park(broker);
    }

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
    }

    private List<Link> park(int count, ByteString context) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Link link = broker.link();
            client.park(link.mine(), ProtocolClient.item("task", "s" + i).setContext(context));
            links.add(link);
        }
        return links;
    }

    private static ReclaimRequest.Builder request(int count) {
        ReclaimRequest.Builder request = ReclaimRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            request.addKeys(ProtocolClient.key("s" + i));
        }
        return request;
    }

    private FdConnection.Answer ask(FdConnection connection, ReclaimRequest.Builder request) {
        connection.send(FdFrame.newBuilder().setReclaim(request), List.<Fd>of());
        return connection.receive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, MOST})
    void shouldGiveThemBack(int count) {
        ByteString context = ByteString.copyFromUtf8("where I was");
        List<Link> links = park(count, context);
        FdConnection.Answer answer = ask(client.fdSock(), request(count));
        List<Socket> sockets = answer.frame().getDelivery().getActivation().getSocketsList().stream()
                .map(activated -> activated.getSocket())
                .toList();
        assertThat(sockets)
                .hasSize(count)
                .allMatch(socket -> socket.getContext().equals(context));
        assertThat(client.socket("s0").getState()).isEqualTo(SocketState.SOCKET_STATE_RELEASING);
        assertThat(client.fdSock()
                        .acknowledge(answer.frame().getDelivery().getDeliveryId())
                        .hasReleased())
                .isTrue();
        assertThat(client.socketIds()).containsExactly("bystander");
        for (int i = 0; i < count; i++) {
            new Link(
                            broker.closeLater(answer.descriptors().get(i)),
                            links.get(i).peer())
                    .exchange();
        }
    }

    @Test
    void shouldTakeBackWhatIsNotAcknowledged() {
        Link link = park(1, ByteString.EMPTY).getFirst();
        try (FdConnection claimant = new FdConnection(broker.process().runtimeDirectory());
                FdConnection.Answer answer = ask(claimant, request(1))) {
            assertThat(answer.descriptors()).hasSize(1);
        }
        Await.parked(client, "s0");
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
    }

    @ParameterizedTest
    @CsvSource({
        "2, 0, SOCKET_UNKNOWN, keys[1]",
        "1, 1, STALE_GENERATION, keys[0]",
        "0, 0, INVALID_FIELD, keys",
    })
    void shouldRefuseAndChangeNothing(int keys, long generation, String reason, String field) {
        Link link = park(1, ByteString.EMPTY).getFirst();
        ReclaimRequest.Builder request = request(keys);
        if (generation != 0) {
            request.addExpectedGenerations(client.socket("s0").getGeneration() + generation);
        }
        FdConnection.Answer answer = ask(client.fdSock(), request);
        assertThat(answer.descriptors()).isEmpty();
        assertThat(answer.frame().getError().getReason()).isEqualTo(ErrorReason.valueOf("ERROR_REASON_" + reason));
        assertThat(answer.frame().getError().getField()).isEqualTo(field);
        assertThat(client.socket("s0").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
    }

    @Test
    void shouldRefuseContextsThatDoNotFitIntoAFrame() {
        List<Link> links = park(2, LARGE);
        FdConnection.Answer answer = ask(client.fdSock(), request(2));
        assertThat(answer.frame().getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
        assertThat(answer.frame().getError().getField()).isEqualTo("reclaim");
        assertThat(answer.frame().getError().getMessage()).contains("use Reclaim and Claim");
        ProtocolClient.Reclaimed back = client.reclaim("s0", "s1");
        assertThat(back.response().getSocketsList())
                .allMatch(socket -> socket.getContext().equals(LARGE));
        for (int i = 0; i < 2; i++) {
            new Link(broker.closeLater(back.descriptors().get(i)), links.get(i).peer()).exchange();
        }
    }
}
