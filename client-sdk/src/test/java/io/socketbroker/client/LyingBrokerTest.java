package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.Code;
import io.socketbroker.client.FakeFdServer.Lie;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.FdFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LyingBrokerTest {

    private static final Duration ANSWER_BOUND = Duration.ofMillis(200);

    private int openBefore;
    private FakeBroker broker;
    private BrokerClient client;
    private Connection connection;

    @BeforeEach
    void park(@TempDir Path directory) throws IOException {
        openBefore = OwnedFd.openCount();
        broker = new FakeBroker(directory);
        client = BrokerClient.builder()
                .runtimeDirectory(directory)
                .timeouts(new ClientTimeouts(Duration.ofSeconds(5), ANSWER_BOUND, Duration.ofSeconds(3)))
                .connect();
        connection = Connection.open();
        client.transfer(TransferRequest.of(connection.near(), "one", "echo"));
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        connection.close();
        client.close();
        broker.close();
        Awaitility.await().until(() -> OwnedFd.openCount() == openBefore);
    }

    @ParameterizedTest
    @CsvSource({
        "RECLAIM, WRONG_REQUEST_ID, INTERNAL, request id",
        "RECLAIM, STALL, DEADLINE_EXCEEDED, did not answer in time",
        "RECLAIM, NO_FRAME, INTERNAL, not a frame",
        "RECLAIM, HANG_UP, UNAVAILABLE, closed the connection",
        "RECLAIM, FEWER_DESCRIPTORS, INTERNAL, 0 descriptors for 1 sockets",
        "RECLAIM, MORE_DESCRIPTORS, INTERNAL, 2 descriptors for 1 sockets",
        "RECLAIM, WRONG_BODY, INTERNAL, HELLO instead of DELIVERY",
        "RECLAIM, REFUSE, RESOURCE_EXHAUSTED, deposits wait",
        "ACKNOWLEDGE, WRONG_REQUEST_ID, INTERNAL, request id",
        "ACKNOWLEDGE, STALL, DEADLINE_EXCEEDED, did not answer in time",
        "ACKNOWLEDGE, HANG_UP, UNAVAILABLE, closed the connection",
        "ACKNOWLEDGE, REFUSE, RESOURCE_EXHAUSTED, deposits wait",
    })
    void shouldRefuseTheAnswerAndKeepNothing(FdFrame.BodyCase on, Lie lie, Code code, String text) {
        broker.fdServer.lie(on, lie);
        int held = OwnedFd.openCount();
        var failure = catchThrowableOfType(BrokerException.class, () -> client.reclaim("one"));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(text);
        // The fake broker's own end of the connection closes on its own thread.
        Awaitility.await().until(() -> OwnedFd.openCount() <= held);
        Connection.requireOpenAndQuiet(connection.far());
    }

    @ParameterizedTest
    @CsvSource({
        "WRONG_REQUEST_ID, INTERNAL, request id",
        "STALL, DEADLINE_EXCEEDED, did not answer in time",
        "NO_FRAME, INTERNAL, not a frame",
        "WRONG_BODY, INTERNAL, HELLO instead of TRANSFERRED",
        "REFUSE, RESOURCE_EXHAUSTED, deposits wait",
    })
    void shouldKeepWhatATransferWasNotAnsweredFor(Lie lie, Code code, String text) {
        broker.fdServer.lie(FdFrame.BodyCase.TRANSFER, lie);
        try (var second = Connection.open()) {
            var failure = catchThrowableOfType(
                    BrokerException.class, () -> client.transfer(TransferRequest.of(second.near(), "two", "echo")));
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure).hasMessageContaining(text);
            Connection.requireFlow(second.near(), second.far(), "still mine");
        }
    }

    @Test
    void shouldKeepTheSocketWhenOnlyTheLastAnswerIsLost() {
        broker.fdServer.lie(FdFrame.BodyCase.ACKNOWLEDGE, Lie.HANG_UP);
        broker.forgetful = true;
        try (var back = client.reclaim("one")) {
            Connection.requireFlow(back.descriptor(), connection.far(), "the only copy");
        }
    }

    @Test
    void shouldGoOnAfterAStall() {
        broker.fdServer.lie(FdFrame.BodyCase.RECLAIM, Lie.STALL);
        assertThatExceptionOfType(BrokerException.class).isThrownBy(() -> client.reclaim("one"));
        broker.fdServer.lie(FdFrame.BodyCase.RECLAIM, Lie.NONE);
        try (var second = Connection.open()) {
            client.transfer(TransferRequest.of(second.near(), "two", "echo"));
            client.reclaim("two").close();
        }
    }
}
