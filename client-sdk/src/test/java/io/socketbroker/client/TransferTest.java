package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.Code;
import io.socketbroker.client.FakeFdServer.Lie;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransferTest {

    /** Names, lengths, and what the answer says of one socket. */
    private static final int LARGEST_AROUND = 500;

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
                .timeouts(new ClientTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(3)))
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

    @ParameterizedTest
    @EnumSource
    void shouldCloseTheDescriptorOnceTheBrokerHasIt(TransferWay way) {
        long cookie = SocketOptions.cookie(connection.near().fd());
        var parked = client.transfer(way.request(connection.near(), "one"));
        way.expectTaken(broker);
        assertThat(parked.cookie()).isEqualTo(cookie);
        assertThat(parked.context()).isEqualTo(way.context());
        assertThat(connection.near().isOpen()).isFalse();
        Connection.requireOpenAndQuiet(connection.far());
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveTheDescriptorUsableAfterARefusal(TransferWay way) {
        broker.refusing = true;
        var refusal = catchThrowableOfType(
                BrokerException.class, () -> client.transfer(way.request(connection.near(), "one")));
        way.expectTaken(broker);
        assertThat(refusal.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        assertThat(refusal.field()).isEqualTo("items[0].task");
        assertThat(refusal.metadata()).containsOnly(Map.entry("field", "items[0].task"));
        assertThat(refusal.refusals()).singleElement().satisfies(item -> {
            assertThat(item.getSocketId()).isEqualTo("one");
            assertThat(item.getReason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        });
        assertThat(refusal.isOutcomeUnknown()).isFalse();
        assertThat(refusal).hasMessage("refused for a test");
        Connection.requireFlow(connection.near(), connection.far(), "still mine");
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeOwnershipBackOfWhatWasReclaimed(TransferWay way) {
        long cookie = SocketOptions.cookie(connection.near().fd());
        client.transfer(way.request(connection.near(), "one"));
        try (var back = client.reclaim("one")) {
            assertThat(SocketOptions.cookie(back.descriptor().fd())).isEqualTo(cookie);
            assertThat(back.context()).isEqualTo(way.context());
            assertThat(DescriptorFlags.isCloseOnExec(back.descriptor().fd())).isTrue();
            Connection.requireFlow(connection.far(), back.descriptor(), "mine again");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHandOverAWholeBatch(TransferWay way) {
        try (var second = Connection.open()) {
            var parked = client.transferAll(
                    List.of(way.request(connection.near(), "one"), way.request(second.near(), "two")));
            way.expectTaken(broker);
            assertThat(parked).extracting(BrokeredSocket::id).containsExactly("one", "two");
            assertThat(client.listSockets()).extracting(BrokeredSocket::id).containsExactly("one", "two");
            client.reclaimAll(List.of("one", "two")).forEach(ReclaimedSocket::close);
        }
    }

    @Test
    void shouldRefuseMoreThanOneMessageCarries() {
        var request = TransferRequest.of(connection.near(), "one", "echo");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.transferAll(Collections.nCopies(254, request)))
                .withMessageContaining("1 to 253");
        assertThatIllegalArgumentException().isThrownBy(() -> client.transferAll(List.of()));
    }

    @Test
    void shouldRefuseAClosedDescriptor() {
        connection.near().close();
        assertThatThrownBy(() -> client.transfer(TransferRequest.of(connection.near(), "one", "echo")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /** What leaves room for the answer goes in one frame, and what would fill a frame by itself in two messages. */
    @Test
    void shouldSendInOneFrameWhatItsAnswerFitsInto() {
        var fixed = TransferRequest.of(connection.near(), "one", "echo").withContext(new byte[0]);
        int room = FdConnection.MAX_FRAME_BYTES - LARGEST_AROUND;
        client.transfer(fixed.withContext(new byte[room]));
        TransferWay.FRAME.expectTaken(broker);
        broker.fdServer.frames.clear();
        try (var second = Connection.open()) {
            client.transfer(
                    TransferRequest.of(second.near(), "two", "echo").withContext(new byte[room + LARGEST_AROUND]));
        }
        TransferWay.DEPOSIT_AND_CALL.expectTaken(broker);
    }

    @Test
    void shouldTellARefusedFrame() {
        broker.fdServer.lie(FdFrame.BodyCase.TRANSFER, Lie.REFUSE);
        expectRefusedByLimit(TransferWay.FRAME);
    }

    @Test
    void shouldTellARefusedDepositWithoutWaitingForTheCall() {
        broker.fdServer.lie(FdFrame.BodyCase.DEPOSIT, Lie.REFUSE);
        expectRefusedByLimit(TransferWay.DEPOSIT_AND_CALL);
    }

    private void expectRefusedByLimit(TransferWay way) {
        var refusal = catchThrowableOfType(
                BrokerException.class, () -> client.transfer(way.request(connection.near(), "one")));
        way.expectTaken(broker);
        assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_LIMIT_REACHED);
        assertThat(refusal.field()).isEqualTo("deposits-per-uid");
        Connection.requireFlow(connection.near(), connection.far(), "still mine");
    }

    @Test
    void shouldOpenADeadConnectionAgain() {
        client.transfer(TransferRequest.of(connection.near(), "one", "echo"));
        broker.fdServer.hangUpAll();
        client.reclaim("one").close();
        assertThat(broker.fdServer.connections).hasValue(2);
    }

    @Test
    void shouldFailAfterTheClose() {
        client.close();
        assertThatThrownBy(() -> client.transfer(TransferRequest.of(connection.near(), "one", "echo")))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
        assertThat(connection.near().isOpen()).isTrue();
    }
}
