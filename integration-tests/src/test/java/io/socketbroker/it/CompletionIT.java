package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TransferItem;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a lease by the handler's word, on both sockets of the broker. */
final class CompletionIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private Link link;
    private Puppet handler;

    /** The two ways to say it. */
    enum Way {
        FD_SOCK,
        GRPC;

        List<ItemError> complete(ProtocolClient client, CompleteRequest request) {
            return switch (this) {
                case FD_SOCK -> client.fdSock().complete(request).getCompleted().getErrorsList();
                case GRPC -> client.sessions().complete(request).getErrorsList();
            };
        }
    }

    @BeforeEach
    void lease() {
        client = broker.client();
        link = broker.link();
        client.register("task", broker.puppets().spec(Specs.rearm()));
        TransferItem.Builder item = ProtocolClient.item("task", "s").setContext(ByteString.copyFromUtf8("before"));
        client.park(link.mine(), item);
        link.peer().send("hello");
        handler = broker.puppets().next();
        handler.expectReceived("hello");
    }

    private LeaseCompletion.Builder completion(LeaseOutcome outcome) {
        return LeaseCompletion.newBuilder()
                .setKey(ProtocolClient.key("s"))
                .setGeneration(Long.parseLong(handler.env("GENERATION")))
                .setOutcome(outcome);
    }

    private CompleteRequest request(LeaseCompletion... completions) {
        return CompleteRequest.newBuilder()
                .setToken(ByteString.copyFrom(HexFormat.of().parseHex(handler.env("TOKEN"))))
                .addAllCompletions(List.of(completions))
                .build();
    }

    private void expectStale(Way way, LeaseCompletion completion) {
        List<ItemError> errors = way.complete(client, request(completion));
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.getReason()).isEqualTo(ErrorReason.ERROR_REASON_STALE_GENERATION);
            assertThat(error.getField()).isEqualTo("completions[0].generation");
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldParkAgainWithANewContextWhenReturned(Way way) {
        long leased = client.socket("s").getGeneration();
        LeaseCompletion returned = completion(LeaseOutcome.LEASE_OUTCOME_RETURNED)
                .setContext(ByteString.copyFromUtf8("after"))
                .setKeepAlive(KeepAlive.newBuilder().setInterval(Durations.fromSeconds(3_600)))
                .build();
        assertThat(way.complete(client, request(returned))).isEmpty();
        Socket parked = client.socket("s");
        assertThat(parked.getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(parked.getContext().toStringUtf8()).isEqualTo("after");
        assertThat(parked.getKeepAlive().getInterval().getSeconds()).isEqualTo(3_600);
        assertThat(parked.getGeneration()).isGreaterThan(leased);
        // The handler has said it all: its end changes nothing, and saying it again neither.
        expectStale(way, returned);
        handler.exit(1);
        link.peer().send("again");
        Puppet next = broker.puppets().next();
        assertThat(next.env("ATTEMPT")).isEqualTo("1");
        next.expectReceived("again");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheContextWhenReturnedWithoutOne(Way way) {
        assertThat(way.complete(
                        client,
                        request(completion(LeaseOutcome.LEASE_OUTCOME_RETURNED).build())))
                .isEmpty();
        assertThat(client.socket("s").getContext().toStringUtf8()).isEqualTo("before");
    }

    @ParameterizedTest
    @EnumSource
    void shouldShutDownWhenClosed(Way way) {
        assertThat(way.complete(
                        client,
                        request(completion(LeaseOutcome.LEASE_OUTCOME_CLOSED).build())))
                .isEmpty();
        // At once, although the handler still has its descriptor.
        link.peer().expectEnd();
        assertThat(client.socketIds()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetGoWhenTaken(Way way) {
        assertThat(way.complete(
                        client,
                        request(completion(LeaseOutcome.LEASE_OUTCOME_TAKEN).build())))
                .isEmpty();
        assertThat(client.socketIds()).isEmpty();
        handler.send("mine now");
        assertThat(link.peer().read(8)).isEqualTo("mine now");
        assertThat(handler.tell("close")).isEqualTo("ok");
        link.peer().expectEnd();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAnotherGeneration(Way way) {
        LeaseCompletion old = completion(LeaseOutcome.LEASE_OUTCOME_CLOSED)
                .setGeneration(Long.parseLong(handler.env("GENERATION")) - 1)
                .build();
        expectStale(way, old);
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_LEASED);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeTheGoodCompletionsBesideTheBadOnes(Way way) {
        LeaseCompletion unknown = completion(LeaseOutcome.LEASE_OUTCOME_RETURNED)
                .setKey(ProtocolClient.key("another"))
                .build();
        LeaseCompletion silent =
                completion(LeaseOutcome.LEASE_OUTCOME_UNSPECIFIED).build();
        LeaseCompletion large = completion(LeaseOutcome.LEASE_OUTCOME_RETURNED)
                .setContext(ByteString.copyFrom(new byte[64 * 1024 + 1]))
                .build();
        LeaseCompletion good = completion(LeaseOutcome.LEASE_OUTCOME_RETURNED).build();
        assertThat(way.complete(client, request(unknown, silent, large, good)))
                .extracting(error -> error.getReason() + " " + error.getField())
                .containsExactly(
                        "ERROR_REASON_SOCKET_UNKNOWN completions[0].key",
                        "ERROR_REASON_INVALID_FIELD completions[1].outcome",
                        "ERROR_REASON_CONTEXT_TOO_LARGE completions[2].context");
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
    }

    @Test
    void shouldRefuseATokenThatNobodyHas() {
        CompleteRequest request = CompleteRequest.newBuilder()
                .setToken(ByteString.copyFrom(new byte[16]))
                .addCompletions(completion(LeaseOutcome.LEASE_OUTCOME_CLOSED))
                .build();
        Refusal.of(() -> client.sessions().complete(request)).expect(Code.NOT_FOUND, "TOKEN_UNKNOWN", "token");
        assertThat(client.fdSock().complete(request).getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
    }

    @Test
    void shouldRefuseAReclaimWhileLeased() {
        Refusal refusal = Refusal.of(() -> client.startReclaim("s"));
        assertThat(refusal.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(refusal.reason()).isEqualTo("SOCKET_HELD");
        assertThat(refusal.metadata().get("holder")).contains("process " + handler.pid());
    }

    @Test
    void shouldTakeALeasedSocketBackByATransferOfItsHandler() {
        // In style claim the handler has it in hand; its copy goes back under the same id.
        client.register(
                "claimant",
                broker.puppets().spec(LaunchStyle.LAUNCH_STYLE_CLAIM).build());
        Link other = broker.link();
        long cookie = client.transfer(other.mine().fd(), ProtocolClient.item("claimant", "c"))
                .getCookie();
        other.peer().send("x");
        Puppet claimant = broker.puppets().next();
        claimant.claim();
        Socket back = client.transfer(
                other.mine().fd(),
                ProtocolClient.item("claimant", "c").setContext(ByteString.copyFromUtf8("by transfer")));
        assertThat(back.getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(back.getCookie()).isEqualTo(cookie);
        Puppet next = broker.puppets().next();
        next.claim();
        next.expectReceived("x");
        assertThat(client.socket("c").getContext().toStringUtf8()).isEqualTo("by transfer");
    }
}
