package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TransferOwnershipRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hand-overs that one side does not finish: the socket always has exactly one owner. */
final class ClaimsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Link link;

    @BeforeEach
    void park() {
        client = broker.client();
        link = broker.link();
        client.register("task", Specs.lineAnswerer());
        client.transfer(link.mine().fd(), ProtocolClient.item("task", "s"));
    }

    private void expectStillTheBrokers() {
        Await.parked(client, "s");
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
    }

    @Test
    void shouldTakeBackADeliveryThatIsNeverAcknowledged() {
        ReclaimResponse reclaim = client.startReclaim("s");
        Socket leaving = client.socket("s");
        assertThat(leaving.getState()).isEqualTo(SocketState.SOCKET_STATE_RELEASING);
        assertThat(leaving.getHolder().getPid())
                .isEqualTo((int) ProcessHandle.current().pid());
        try (FdConnection.Answer delivery = client.fdSock().claim(reclaim.getToken())) {
            assertThat(delivery.descriptors()).hasSize(1);
            // What comes meanwhile is not lost.
            link.peer().send("meanwhile\n");
            assertThat(link.peer().readLine()).isEqualTo("got meanwhile");
            long deliveryId = delivery.frame().getDelivery().getDeliveryId();
            assertThat(client.fdSock().acknowledge(deliveryId).getError().getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
        }
        EventLog.of(client).await("CLAIM_EXPIRED", "s");
        expectStillTheBrokers();
    }

    @Test
    void shouldTakeBackAReclaimThatIsNeverClaimed() {
        ReclaimResponse reclaim = client.startReclaim("s");
        link.peer().send("meanwhile\n");
        assertThat(link.peer().readLine()).isEqualTo("got meanwhile");
        assertThat(client.fdSock().claim(reclaim.getToken()).frame().getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
        expectStillTheBrokers();
    }

    @Test
    void shouldTakeBackADeliveryWhoseClaimantHangsUp() {
        ReclaimResponse reclaim = client.startReclaim("s");
        try (FdConnection claimant = new FdConnection(broker.process().runtimeDirectory());
                FdConnection.Answer delivery = claimant.claim(reclaim.getToken())) {
            assertThat(delivery.descriptors()).hasSize(1);
        }
        expectStillTheBrokers();
    }

    @Test
    void shouldTakeAnAcknowledgementFromTheClaimantOnly() {
        ReclaimResponse reclaim = client.startReclaim("s");
        try (FdConnection other = new FdConnection(broker.process().runtimeDirectory());
                FdConnection.Answer delivery = client.fdSock().claim(reclaim.getToken())) {
            long deliveryId = delivery.frame().getDelivery().getDeliveryId();
            assertThat(other.acknowledge(deliveryId).getError().getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
            assertThat(client.fdSock().acknowledge(deliveryId).hasReleased()).isTrue();
            assertThat(client.fdSock().acknowledge(deliveryId).getError().getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
        }
        assertThat(client.socketIds()).isEmpty();
        link.exchange();
    }

    @Test
    void shouldLetTheFirstOfTwoReclaimsWin() {
        ReclaimResponse first = client.startReclaim("s");
        Refusal second = Refusal.of(() -> client.startReclaim("s"));
        assertThat(second.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(second.reason()).isEqualTo("SOCKET_HELD");
        assertThat(second.metadata())
                .containsEntry("holder", "process " + ProcessHandle.current().pid());
        try (FdConnection.Answer delivery = client.fdSock().claim(first.getToken())) {
            assertThat(client.fdSock()
                            .claim(first.getToken())
                            .frame()
                            .getError()
                            .getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
            client.fdSock().acknowledge(delivery.frame().getDelivery().getDeliveryId());
        }
        link.exchange();
    }

    @Test
    void shouldRefuseAStaleGeneration() {
        long generation = client.socket("s").getGeneration();
        ReclaimRequest stale = ReclaimRequest.newBuilder()
                .addKeys(ProtocolClient.key("s"))
                .addExpectedGenerations(generation - 1)
                .build();
        Refusal.of(() -> client.sockets().reclaim(stale))
                .expect(Code.FAILED_PRECONDITION, "STALE_GENERATION", "keys[0]");
        Refusal.of(() -> client.sockets()
                        .closeSocket(CloseSocketRequest.newBuilder()
                                .setKey(ProtocolClient.key("s"))
                                .setExpectedGeneration(generation + 1)
                                .build()))
                .expect(Code.FAILED_PRECONDITION, "STALE_GENERATION", "key");
        expectStillTheBrokers();
    }

    @Test
    void shouldKeepContextAndKeepAliveForASocketThatComesBackWithoutThem() {
        link.mine().close();
        Link second = broker.link();
        client.park(
                second.mine(),
                ProtocolClient.item("task", "kept")
                        .setContext(ByteString.copyFromUtf8("where I was"))
                        .setKeepAlive(KeepAlive.newBuilder().setInterval(Durations.fromDays(7))));
        ProtocolClient.Reclaimed back = client.reclaim("kept");
        assertThat(back.response().getSockets(0).getContext().toStringUtf8()).isEqualTo("where I was");
        client.park(back.descriptor(), "task", "kept");
        Socket again = client.socket("kept");
        assertThat(again.getContext().toStringUtf8()).isEqualTo("where I was");
        assertThat(again.getKeepAlive().getInterval()).isEqualTo(Durations.fromDays(7));
    }

    @Test
    void shouldNotWaitForeverForADepositOrForItsCall() {
        Link other = broker.link();
        client.fdSock().deposit(ProtocolClient.newDepositId(), 1, other.mine().fd());
        other.mine().close();
        Refusal.of(() -> client.sockets()
                        .transferOwnership(TransferOwnershipRequest.newBuilder()
                                .setDepositId(ProtocolClient.newDepositId())
                                .addItems(ProtocolClient.item("task", "t"))
                                .build()))
                .expect(Code.FAILED_PRECONDITION, "DEPOSIT_UNKNOWN", "deposit_id");
        // The broker's copy was the last: the peer sees the end once the deposit is forgotten.
        other.peer().expectEnd();
    }

    @Test
    void shouldLetADepositAndItsCallComeInEitherOrder() {
        Link other = broker.link();
        ByteString id = ProtocolClient.newDepositId();
        var call = client.startTransfer(TransferOwnershipRequest.newBuilder()
                .setDepositId(id)
                .addItems(ProtocolClient.item("task", "t"))
                .build());
        client.fdSock().deposit(id, 1, other.mine().fd());
        assertThat(catchThrowable(call::reply)).isNull();
        assertThat(client.socket("t").getCookie())
                .isEqualTo(SocketOptions.cookie(other.mine().fd()));
    }

    @Test
    void shouldLeaveTheSocketToItsSenderWhenTheCallIsCancelled() {
        Link other = broker.link();
        ByteString id = ProtocolClient.newDepositId();
        var call = client.startTransfer(TransferOwnershipRequest.newBuilder()
                .setDepositId(id)
                .addItems(ProtocolClient.item("task", "t"))
                .build());
        call.cancel();
        // After its answer the broker knows of the cancellation: one connection, in order.
        client.socketIds();
        client.fdSock().deposit(id, 1, other.mine().fd());
        Awaitility.await().untilAsserted(() -> assertThat(client.socketIds()).containsExactly("s"));
        other.exchange();
        client.park(other.mine(), "task", "t");
    }

    @Test
    void shouldOfferAClaimAgainToAHandlerThatDidNotAcknowledge() {
        client.register(
                "claimant",
                broker.puppets().spec(LaunchStyle.LAUNCH_STYLE_CLAIM).build());
        Link other = broker.link();
        client.park(other.mine(), "claimant", "c");
        other.peer().send("hello");
        Puppet handler = broker.puppets().next();
        assertThat(handler.tell("claim")).endsWith("with 1");
        assertThat(handler.tell("hangup")).isEqualTo("ok");
        EventLog.of(client).await("CLAIM_EXPIRED", "c");
        handler.claim();
        handler.expectReceived("hello");
    }
}
