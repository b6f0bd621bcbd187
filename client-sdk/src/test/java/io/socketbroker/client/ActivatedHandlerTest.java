package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.LeaseOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the sockets of the launch itself. */
class ActivatedHandlerTest {

    private SessionHarness harness;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        harness = new SessionHarness(directory);
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        harness.close();
    }

    @Test
    void shouldWorkOnTheLaunchAndEndWithoutALinger() {
        var connection = harness.connection();
        harness.broker.launch(List.of(connection.near()));
        harness.runLaunched(Duration.ZERO, socket -> {
            assertThat(socket.context()).asString().isEqualTo("context 0");
            socket.giveBack("new".getBytes(StandardCharsets.US_ASCII));
        });
        assertThat(harness.broker.fds.ends()).singleElement().satisfies(end -> {
            assertThat(end.getOutcome()).isEqualTo(LeaseOutcome.LEASE_OUTCOME_RETURNED);
            assertThat(end.getContext().toStringUtf8()).isEqualTo("new");
        });
        assertThat(harness.broker.fds.completions.element().getToken()).isEqualTo(SessionHarness.TOKEN);
        assertThat(harness.broker.starts).isEmpty();
    }

    @Test
    void shouldGiveBackWhatTheHandlerLeaves() {
        harness.broker.launch(harness.sockets(3));
        harness.runLaunched(Duration.ZERO, socket -> {
            if (socket.id().equals("s1")) {
                socket.close();
            }
        });
        assertThat(harness.broker.fds.ends())
                .hasSize(3)
                .allMatch(end -> end.getOutcome()
                        == (end.getKey().equals(FakeSessionBroker.key(1))
                                ? LeaseOutcome.LEASE_OUTCOME_CLOSED
                                : LeaseOutcome.LEASE_OUTCOME_RETURNED));
    }

    @Test
    void shouldWaitForTheStageOfAnAsynchronousHandler() {
        harness.broker.launch(harness.sockets(1));
        var stage = new CompletableFuture<Void>();
        var run = harness.launched(Duration.ZERO, SocketHandler.async(_ -> stage));
        await().until(() -> harness.broker.fds.acknowledged.get() == 1);
        assertThat(run).isNotDone();
        stage.complete(null);
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldLeaveAFailureToTheExitPolicy() {
        var sockets = harness.sockets(3);
        int open = OwnedFd.openCount();
        harness.broker.launch(sockets);
        var failure = catchThrowableOfType(
                HandlerFailedException.class,
                () -> harness.runLaunched(Duration.ZERO, socket -> {
                    if (!socket.id().equals("s1")) {
                        throw new IOException("no luck with " + socket.id());
                    }
                }));
        assertThat(failure).hasMessageContaining("2 of the 3 sockets").hasCauseInstanceOf(IOException.class);
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(harness.broker.fds.ends())
                .singleElement()
                .matches(end -> end.getKey().equals(FakeSessionBroker.key(1)));
        harness.awaitDescriptorsClosed(open);
    }

    @Test
    void shouldNotBlameAHandlerThatFailsAfterTheEndOfItsLease() {
        harness.broker.launch(harness.sockets(1));
        harness.runLaunched(Duration.ZERO, socket -> {
            socket.giveBack();
            throw new IOException("too late to matter");
        });
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldFailIfTheBrokerIsGoneWhenTheWorkIsDone() {
        harness.broker.launch(harness.sockets(1));
        assertThatExceptionOfType(HandlerFailedException.class)
                .isThrownBy(() -> harness.runLaunched(Duration.ZERO, _ -> harness.broker.close()))
                .withCauseInstanceOf(BrokerException.class);
        assertThat(harness.broker.fds.ends()).isEmpty();
    }

    @Test
    void shouldNotMindThatTheOwnerClosedTheSocket() {
        harness.broker.fds.stale = true;
        var sockets = harness.sockets(1);
        int open = OwnedFd.openCount();
        harness.broker.launch(sockets);
        harness.runLaunched(Duration.ZERO, _ -> {});
        harness.awaitDescriptorsClosed(open);
    }

    @Test
    void shouldTellThatTheBrokerIsGone() {
        harness.broker.close();
        assertThatExceptionOfType(BrokerException.class).isThrownBy(() -> harness.runLaunched(Duration.ZERO, _ -> {}));
    }

    @Test
    void shouldEndWithTheLaunchIfItMayNotAttach() {
        harness.broker.refusal = ErrorReason.ERROR_REASON_TASK_UNKNOWN;
        harness.broker.launch(harness.sockets(1));
        harness.runLaunched(Duration.ofMinutes(5), _ -> {});
        assertThat(harness.broker.starts).hasSize(1);
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldRefuseAnotherTask() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ActivatedHandler.run(
                        harness.activation("claim", Duration.ZERO),
                        ClientTimeouts.DEFAULT,
                        SessionOptions.of("mail"),
                        _ -> {}))
                .withMessageContaining("chat")
                .withMessageContaining("mail");
    }

    @Test
    void shouldKnowThatNoBrokerLaunchedIt() {
        var run = CompletableFuture.runAsync(() -> ActivatedHandler.run(_ -> {}));
        assertThat(run)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("not launched by a broker");
    }
}
