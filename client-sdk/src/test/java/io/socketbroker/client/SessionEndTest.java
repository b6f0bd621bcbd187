package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionEndTest {

    private final Queue<ActivatedSocket> handled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private SessionHarness harness;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        harness = new SessionHarness(directory);
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        gate.countDown();
        harness.close();
    }

    private void holdUntilTheGateOpens(ActivatedSocket socket) throws InterruptedException {
        handled.add(socket);
        gate.await();
    }

    @Test
    void shouldFinishWhatRunsWhenItDrains() {
        var session = harness.attach(this::holdUntilTheGateOpens);
        harness.broker.deliver(harness.sockets(3));
        await().until(() -> handled.size() == 3);
        var drained = session.drain();
        await().until(() -> harness.broker.drains.get() == 1);
        assertThat(drained).isNotDone();
        assertThat(session.isAttached()).isTrue();
        gate.countDown();
        assertThat(drained).succeedsWithin(Duration.ofSeconds(5));
        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        assertThat(session.counts()).isEqualTo(new SessionCounts(3, 3, 0, 0));
        assertThat(harness.broker.fds.ends()).hasSize(3);
        // A draining session asks for nothing more.
        assertThat(harness.broker.mostCredit()).isZero();
    }

    @Test
    void shouldGiveBackAtOnceWhatWaitsAfterAFailureWhenItDrains() {
        var session = harness.attach(socket -> {
            handled.add(socket);
            throw new IllegalStateException("no luck");
        });
        var sockets = harness.sockets(1);
        for (int i = 0; i < 5; i++) {
            // The fifth delay is 800 ms at least.
            int failures = i;
            await().until(() -> session.counts().failed() == failures && harness.broker.credit.get() == 64);
            harness.broker.deliver(sockets);
        }
        await().until(() -> handled.size() == 5);
        assertThat(session.drain()).succeedsWithin(Duration.ofMillis(700));
        assertThat(session.counts().running()).isZero();
    }

    @Test
    void shouldWaitForRunningHandlersWithABoundWhenItCloses() {
        var session = harness.client.attach(
                harness.options().withCloseTimeout(Duration.ofMillis(100)), this::holdUntilTheGateOpens);
        var sockets = harness.sockets(1);
        int open = OwnedFd.openCount();
        harness.broker.deliver(sockets);
        await().until(() -> handled.size() == 1);
        session.close();
        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        assertThat(handled.element().isRevoked()).isTrue();
        assertThat(harness.broker.fds.ends()).isEmpty();
        assertThat(session.counts().running()).isEqualTo(1);
        gate.countDown();
        await().until(() -> session.counts().running() == 0);
        await().until(() -> OwnedFd.openCount() < open);
    }

    @Test
    void shouldHandleOrLeaveWhatComesInTheMomentOfTheDrain() {
        // An acknowledged delivery that nobody works on would count as a failure, and could cost the connection.
        for (int round = 0; round < 12; round++) {
            var session = harness.attach(handled::add);
            var acknowledgedBefore = harness.broker.fds.acknowledged.get();
            var endsBefore = harness.broker.fds.ends().size();
            var sockets = harness.sockets(1);
            var pushed = CompletableFuture.runAsync(() -> harness.broker.tryDeliver(sockets));
            assertThat(session.drain()).succeedsWithin(Duration.ofSeconds(5));
            assertThat(pushed).succeedsWithin(Duration.ofSeconds(5));
            await().until(() -> harness.broker.fds.ends().size() - endsBefore
                    == harness.broker.fds.acknowledged.get() - acknowledgedBefore);
            assertThat(session.counts().running()).isZero();
        }
    }

    @Test
    void shouldCloseWhileItReconnects() {
        var session = harness.attach(handled::add);
        harness.broker.close();
        await().until(() -> session.state() == SessionState.RECONNECTING);
        session.close();
        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        assertThat(session.drain()).isCompleted();
    }

    @Test
    void shouldEndWithItsClient() {
        var session = harness.attach(handled::add);
        harness.client.close();
        assertThat(session.state()).isEqualTo(SessionState.CLOSED);
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("socketbroker-session")));
        assertThat(harness.changes)
                .extracting(SessionHarness.Change::state)
                .containsExactly(SessionState.ATTACHED, SessionState.CLOSED);
    }
}
