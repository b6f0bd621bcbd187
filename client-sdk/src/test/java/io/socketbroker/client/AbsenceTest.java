package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.MethodDescriptor;
import io.socketbroker.client.FakeLosses.Loss;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Brokers that are gone before they have answered, and others in their place. */
@Timeout(30)
class AbsenceTest {

    private static final MethodDescriptor<TransferOwnershipRequest, TransferOwnershipResponse> TRANSFER =
            SocketServiceGrpc.getTransferOwnershipMethod();
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private int openBefore;
    private FakeBroker broker;
    private BrokerClient client;
    private Connection connection;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        openBefore = OwnedFd.openCount();
        broker = new FakeBroker(directory);
        client = BrokerClient.builder()
                .runtimeDirectory(directory)
                .timeouts(new ClientTimeouts(
                        Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(3), LONGEST))
                .connect();
        connection = Connection.open();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        connection.close();
        client.close();
        broker.close();
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    private BrokeredSocket transfer() {
        return transfer(TransferWay.FRAME);
    }

    private BrokeredSocket transfer(TransferWay way) {
        return client.transfer(way.request(connection.near(), "one"));
    }

    private void requireBrokers(BrokeredSocket parked, long cookie) {
        assertThat(parked.cookie()).isEqualTo(cookie);
        assertThat(connection.near().isOpen()).isFalse();
        assertThat(broker.held).containsOnlyKeys("one");
        Connection.requireOpenAndQuiet(connection.far());
    }

    @ParameterizedTest
    @CsvSource({
        "FRAME, CALL, 0, 2",
        "FRAME, CALL, 3, 2",
        "FRAME, REPLY, 0, 1",
        "FRAME, REPLY, 3, 1",
        "FRAME, SILENCE, 0, 1",
        "DEPOSIT_AND_CALL, CALL, 0, 2",
        "DEPOSIT_AND_CALL, CALL, 3, 2",
        "DEPOSIT_AND_CALL, REPLY, 0, 1",
        "DEPOSIT_AND_CALL, REPLY, 3, 1",
        "DEPOSIT_AND_CALL, CANCELLED_REPLY, 2, 1",
        "DEPOSIT_AND_CALL, SILENCE, 0, 1",
    })
    void shouldFindOutWhoseASocketIsAfterALostReply(TransferWay way, Loss loss, int lostQuestions, int transfers) {
        long cookie = SocketOptions.cookie(connection.near().fd());
        broker.losses.lineUp(TRANSFER, loss);
        for (int i = 0; i < lostQuestions; i++) {
            broker.losses.lineUp(SocketServiceGrpc.getGetSocketMethod(), Loss.CALL);
        }
        requireBrokers(transfer(way), cookie);
        way.expectTaken(broker);
        assertThat(broker.losses.calls(TRANSFER)).isEqualTo(transfers);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepItsCopyUntilCustodyIsMade(TransferWay way) {
        long cookie = SocketOptions.cookie(connection.near().fd());
        broker.losses.lineUp(TRANSFER, Loss.REPLY);
        broker.unkept.set(2);
        requireBrokers(transfer(way), cookie);
        assertThat(broker.losses.calls(SocketServiceGrpc.getGetSocketMethod())).isEqualTo(3);
    }

    @Test
    void shouldSendAnotherDepositWhenTheFirstWasLost() {
        long cookie = SocketOptions.cookie(connection.near().fd());
        broker.unknownDeposits.set(2);
        requireBrokers(transfer(TransferWay.DEPOSIT_AND_CALL), cookie);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotRepeatATransferThatALivingBrokerMayStillDo(TransferWay way) {
        broker.losses.lineUp(TRANSFER, Loss.SILENCE);
        broker.forgetful = true;
        var failure = catchThrowableOfType(BrokerException.class, () -> transfer(way));
        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(broker.losses.calls(TRANSFER)).isEqualTo(1);
        assertThat(connection.near().isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellWhatTheBrokerHasOfABatchAndCloseNothing(TransferWay way) {
        try (var second = Connection.open()) {
            broker.losses.lineUp(TRANSFER, Loss.REPLY);
            broker.forgotten = "two";
            var failure = catchThrowableOfType(
                    BrokerException.class,
                    () -> client.transferAll(
                            List.of(way.request(connection.near(), "one"), way.request(second.near(), "two"))));
            assertThat(failure.isOutcomeUnknown()).isTrue();
            assertThat(failure.refusals()).singleElement().satisfies(item -> {
                assertThat(item.getIndex()).isEqualTo(1);
                assertThat(item.getSocketId()).isEqualTo("two");
                assertThat(item.getReason()).isEqualTo(ErrorReason.ERROR_REASON_SOCKET_UNKNOWN);
            });
            assertThat(connection.near().isOpen()).isTrue();
            assertThat(second.near().isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotWaitLongerThanTold(TransferWay way) {
        for (int i = 0; i < 100; i++) {
            broker.losses.lineUp(TRANSFER, Loss.CALL);
        }
        long begun = System.nanoTime();
        var failure = catchThrowableOfType(BrokerException.class, () -> transfer(way));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(LONGEST, LONGEST.multipliedBy(2));
        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure.isOutcomeUnknown()).isTrue();
        Connection.requireFlow(connection.near(), connection.far(), "still mine");
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "REPLY", "CANCELLED_REPLY"})
    void shouldRepeatWhatMayBeDoneTwice(Loss loss) {
        client.status();
        broker.losses.lineUp(TaskServiceGrpc.getRegisterTaskMethod(), loss, loss, loss);
        client.registerTask(TaskDefinition.of("echo", "/bin/cat"));
        assertThat(broker.losses.calls(TaskServiceGrpc.getRegisterTaskMethod())).isEqualTo(4);
        broker.losses.lineUp(AdminServiceGrpc.getGetStatusMethod(), loss);
        client.status();
        broker.losses.lineUp(SocketServiceGrpc.getListSocketsMethod(), loss);
        assertThat(client.listSockets()).isEmpty();
    }

    @Test
    void shouldTakeTheEndOfALeaseForDoneWhenOnlyItsAnswerWasLost() {
        client.status();
        var token = ByteString.copyFromUtf8("token");
        var refusal = catchThrowableOfType(BrokerException.class, () -> client.complete(token, List.of()));
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_STALE_GENERATION);
        broker.losses.lineUp(SessionServiceGrpc.getCompleteMethod(), Loss.REPLY);
        client.complete(token, List.of());
    }

    @Test
    void shouldNotRepeatAReclaim() {
        transfer();
        broker.losses.lineUp(SocketServiceGrpc.getReclaimMethod(), Loss.CALL);
        var failure = catchThrowableOfType(BrokerException.class, () -> client.reclaim("one"));
        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(broker.losses.calls(SocketServiceGrpc.getReclaimMethod())).isEqualTo(1);
        client.reclaim("one").close();
    }

    @Test
    void shouldNotWaitForABrokerThatWasNeverThere() {
        broker.losses.lineUp(AdminServiceGrpc.getGetStatusMethod(), Loss.CALL);
        var failure = catchThrowableOfType(BrokerException.class, client::status);
        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(broker.losses.calls(AdminServiceGrpc.getGetStatusMethod())).isEqualTo(1);
    }

    @Test
    void shouldStopWaitingWhenTheClientIsClosed() {
        client.status();
        for (int i = 0; i < 100; i++) {
            broker.losses.lineUp(AdminServiceGrpc.getGetStatusMethod(), Loss.CALL);
        }
        var status = client.statusAsync();
        Awaitility.await().until(() -> broker.losses.calls(AdminServiceGrpc.getGetStatusMethod()) > 2);
        client.close();
        assertThat(status).failsWithin(LONGEST.dividedBy(2)).withThrowableThat().withMessageContaining("is closed");
    }

    @Test
    void shouldRefuseANegativeBound() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientTimeouts.DEFAULT.withAbsence(Duration.ofMillis(-1)))
                .withMessageContaining("absence");
    }
}
