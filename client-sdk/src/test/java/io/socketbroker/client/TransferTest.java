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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {

    private static final byte[] CONTEXT = "state".getBytes(StandardCharsets.US_ASCII);

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
                .timeouts(new ClientTimeouts(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(3)))
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

    @Test
    void shouldCloseTheDescriptorOnceTheBrokerHasIt() {
        long cookie = SocketOptions.cookie(connection.near().fd());
        var parked = client.transfer(
                TransferRequest.of(connection.near(), "one", "echo").withContext(CONTEXT));
        assertThat(parked.cookie()).isEqualTo(cookie);
        assertThat(parked.context()).isEqualTo(CONTEXT);
        assertThat(connection.near().isOpen()).isFalse();
        Connection.requireOpenAndQuiet(connection.far());
    }

    @Test
    void shouldLeaveTheDescriptorUsableAfterARefusal() {
        broker.refusing = true;
        var refusal = catchThrowableOfType(
                BrokerException.class, () -> client.transfer(TransferRequest.of(connection.near(), "one", "none")));
        assertThat(refusal.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        assertThat(refusal.field()).isEqualTo("items[0].task");
        assertThat(refusal.refusals()).hasSize(1);
        assertThat(refusal.isOutcomeUnknown()).isFalse();
        assertThat(refusal).hasMessage("refused for a test");
        Connection.requireFlow(connection.near(), connection.far(), "still mine");
    }

    @Test
    void shouldTakeOwnershipBackOfWhatWasReclaimed() {
        long cookie = SocketOptions.cookie(connection.near().fd());
        client.transfer(TransferRequest.of(connection.near(), "one", "echo").withContext(CONTEXT));
        try (var back = client.reclaim("one")) {
            assertThat(SocketOptions.cookie(back.descriptor().fd())).isEqualTo(cookie);
            assertThat(back.context()).isEqualTo(CONTEXT);
            assertThat(DescriptorFlags.isCloseOnExec(back.descriptor().fd())).isTrue();
            Connection.requireFlow(connection.far(), back.descriptor(), "mine again");
        }
    }

    @Test
    void shouldHandOverAWholeBatch() {
        try (var second = Connection.open()) {
            var parked = client.transferAll(List.of(
                    TransferRequest.of(connection.near(), "one", "echo"),
                    TransferRequest.of(second.near(), "two", "echo")));
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

    @Test
    void shouldTellARefusedDepositWithoutWaitingForTheCall() {
        broker.fdServer.lie(FdFrame.BodyCase.DEPOSIT, Lie.REFUSE);
        var refusal = catchThrowableOfType(
                BrokerException.class, () -> client.transfer(TransferRequest.of(connection.near(), "one", "echo")));
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
