package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.TriggerReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {

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
    void shouldGiveASocketToTheHandlerAndBackWithANewContext() {
        var connection = harness.connection();
        var seen = new ConcurrentLinkedQueue<ActivatedSocket>();
        var session = harness.attach(socket -> {
            assertThat(socket.id()).isEqualTo("s0");
            assertThat(socket.context()).asString().isEqualTo("context 0");
            assertThat(socket.trigger().reason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
            assertThat(socket.trigger().attempt()).isEqualTo(2);
            assertThat(socket.trigger().peerClosed()).isTrue();
            var greeting = "hello".getBytes(StandardCharsets.US_ASCII);
            Sockets.send(socket.fd(), greeting, 0, greeting.length);
            socket.giveBack("new".getBytes(StandardCharsets.US_ASCII), Duration.ofSeconds(30));
            seen.add(socket);
        });
        assertThat(session.isAttached()).isTrue();
        harness.broker.deliver(List.of(connection.near()));
        assertThat(Connection.receive(connection.far(), 5)).isEqualTo("hello");
        await().until(() -> session.counts().equals(new SessionCounts(1, 1, 0, 0)));
        assertThat(harness.broker.fds.ends()).singleElement().satisfies(end -> {
            assertThat(end.getOutcome()).isEqualTo(LeaseOutcome.LEASE_OUTCOME_RETURNED);
            assertThat(end.getKey()).isEqualTo(FakeSessionBroker.key(0));
            assertThat(end.getGeneration()).isEqualTo(100);
            assertThat(end.getContext().toStringUtf8()).isEqualTo("new");
            assertThat(end.getKeepAlive().getInterval().getSeconds()).isEqualTo(30);
        });
        assertThat(harness.broker.fds.completions.element().getToken().toStringUtf8())
                .isEqualTo("token 1");
        assertThatIllegalStateException().isThrownBy(seen.element()::fd).withMessageContaining("ended");
        assertThatIllegalStateException().isThrownBy(seen.element()::giveBack).withMessageContaining("ended before");
    }

    @Test
    void shouldGiveBackWhatTheHandlerLeaves() {
        var session = harness.attach(_ -> {});
        harness.broker.deliver(harness.sockets(2));
        await().until(() -> session.counts().completed() == 2);
        assertThat(harness.broker.fds.ends())
                .hasSize(2)
                .allMatch(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_RETURNED && !end.hasContext());
    }

    @Test
    void shouldWaitForTheStageOfAnAsynchronousHandler() {
        var stage = new CompletableFuture<Void>();
        var session = harness.attach(SocketHandler.async(_ -> stage));
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> session.counts().running() == 1);
        assertThat(harness.broker.fds.ends()).isEmpty();
        stage.complete(null);
        await().until(() -> session.counts().equals(new SessionCounts(1, 1, 0, 0)));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldTellTheBrokerToClose() {
        var session = harness.attach(ActivatedSocket::close);
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> session.counts().completed() == 1);
        assertThat(harness.broker.fds.ends())
                .singleElement()
                .matches(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_CLOSED);
    }

    @Test
    void shouldLeaveAKeptSocketToTheProgram() throws Exception {
        var connection = harness.connection();
        var kept = new CompletableFuture<ActivatedSocket>();
        var session = harness.attach(socket -> {
            socket.keep();
            kept.complete(socket);
        });
        harness.broker.deliver(List.of(connection.near()));
        await().until(() -> session.counts().completed() == 1);
        assertThat(harness.broker.fds.ends())
                .singleElement()
                .matches(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_TAKEN);
        session.close();
        try (var mine = kept.get().takeDescriptor()) {
            Connection.requireFlow(mine, connection.far(), "mine");
        }
    }

    @Test
    void shouldServeABurstOfOneWholeMessage() {
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        var session = harness.client.attach(harness.options().withCredit(253), socket -> ids.add(socket.id()));
        var sockets = harness.sockets(253);
        int open = OwnedFd.openCount();
        harness.broker.deliver(sockets);
        await().until(() -> session.counts().equals(new SessionCounts(253, 253, 0, 0)));
        assertThat(ids).doesNotHaveDuplicates().hasSize(253);
        assertThat(harness.broker.fds.ends()).hasSize(253);
        harness.awaitDescriptorsClosed(open);
        await().until(() -> harness.broker.credit.get() == 253);
        assertThat(harness.broker.fds.acknowledged).hasValue(1);
    }

    @Test
    void shouldReplenishItsCreditAndNeverExceedIt() {
        var gate = new CountDownLatch(1);
        var session = harness.client.attach(harness.options().withCredit(3), socket -> {
            if (socket.socket().generation() == 100) {
                gate.await();
            }
        });
        assertThat(harness.broker.credit).hasValue(3);
        var sockets = harness.sockets(3);
        harness.broker.deliver(sockets);
        await().until(() -> session.counts().completed() == 2);
        await().until(() -> harness.broker.credit.get() == 2);
        // The first is still held: together they are three.
        harness.broker.deliver(sockets.subList(0, 1));
        await().until(() -> session.counts().running() == 2);
        gate.countDown();
        await().until(() -> harness.broker.credit.get() == 3);
        assertThat(harness.broker.mostCredit()).isEqualTo(3);
        assertThat(session.counts()).isEqualTo(new SessionCounts(4, 4, 0, 0));
    }

    @Test
    void shouldRefuseACreditOutsideItsBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionOptions.of("chat").withCredit(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionOptions.of("chat").withCredit(10_001));
        assertThat(SessionOptions.of("chat").credit()).isEqualTo(64);
    }

    @Test
    void shouldDelayTheReturnAfterAFailure() {
        var session = harness.attach(_ -> {
            throw new IOException("no luck");
        });
        var sockets = harness.sockets(1);
        int open = OwnedFd.openCount();
        for (int i = 0; i < 4; i++) {
            // The fourth delay is 400 ms at least.
            int failures = i;
            await().until(() -> session.counts().failed() == failures && harness.broker.credit.get() == 64);
            harness.broker.deliver(sockets);
        }
        await().until(() -> session.counts().running() == 1 && OwnedFd.openCount() == open);
        assertThat(harness.broker.fds.ends()).hasSize(3);
        await().until(() -> session.counts().failed() == 4);
        assertThat(session.counts()).isEqualTo(new SessionCounts(4, 0, 4, 0));
        assertThat(harness.broker.fds.ends())
                .hasSize(4)
                .allMatch(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_RETURNED);
    }

    @Test
    void shouldGiveBackWhatTheExecutorRefuses() {
        var session = harness.client.attach(
                harness.options().withExecutor(_ -> {
                    throw new RejectedExecutionException("full");
                }),
                _ -> {});
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> session.counts().equals(new SessionCounts(1, 0, 1, 0)));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }
}
