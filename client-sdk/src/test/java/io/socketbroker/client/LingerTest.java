package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.LeaseOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A launched handler that stays for more work. */
class LingerTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Queue<ActivatedSocket> handled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch launchGate = new CountDownLatch(1);
    private SessionHarness harness;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        harness = new SessionHarness(directory);
        harness.broker.launch(harness.sockets(1));
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        gate.countDown();
        launchGate.countDown();
        harness.close();
    }

    private void awaitAttached() {
        await().until(() -> harness.broker.isAttached());
    }

    /** The first one is that of the launch: as long as it is held the program does not leave. */
    private boolean isLaunch(ActivatedSocket socket) throws InterruptedException {
        boolean first = handled.isEmpty();
        handled.add(socket);
        if (first) {
            socket.giveBack();
            launchGate.await();
        }
        return first;
    }

    private void holdAll(ActivatedSocket socket) throws InterruptedException {
        if (!isLaunch(socket)) {
            gate.await();
        }
    }

    @Test
    void shouldWorkOnWhatComesAndLeaveWhenIdle() {
        var run = harness.launched(SHORT, this::isLaunch);
        awaitAttached();
        harness.broker.deliver(harness.sockets(3));
        await().until(() -> handled.size() == 4);
        launchGate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.drains).hasValue(1);
        assertThat(harness.broker.fds.ends())
                .hasSize(4)
                .allMatch(end -> end.getOutcome() == LeaseOutcome.LEASE_OUTCOME_RETURNED);
        assertThat(harness.broker.starts).hasSize(1);
    }

    @Test
    void shouldAttachWhileTheLaunchIsWorkedOnAndCountIt() {
        var run = harness.launched(SHORT, _ -> gate.await());
        awaitAttached();
        assertThat(harness.broker.starts.getFirst().getStart())
                .satisfies(start -> assertThat(start.getTask().getName()).isEqualTo("chat"))
                .satisfies(start -> assertThat(start.getTask().getApp()).isEqualTo("uid-0"))
                .satisfies(start -> assertThat(start.getCredit()).isEqualTo(63));
        gate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeAttachedBeforeTheLaunchIsGivenBack(boolean byHandler) {
        var states = new CompletableFuture<List<SessionState>>();
        harness.broker.fds.onComplete = () -> states.complete(
                harness.changes.stream().map(SessionHarness.Change::state).toList());
        var run = harness.launched(SHORT, socket -> {
            if (byHandler) {
                socket.giveBack("new".getBytes(StandardCharsets.US_ASCII));
            }
        });
        assertThat(states).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(List.of(SessionState.ATTACHED));
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void shouldGiveBackIfItCannotAttachInTime() {
        harness.broker.fds.welcoming = false;
        var run = harness.launched(LONG, ActivatedSocket::giveBack);
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldNotLeaveWhileItWorks() {
        var run = harness.launched(SHORT, this::holdAll);
        awaitAttached();
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 2);
        launchGate.countDown();
        await().during(SHORT.multipliedBy(3)).until(() -> harness.broker.drains.get() == 0 && !run.isDone());
        gate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.drains).hasValue(1);
    }

    @Test
    void shouldWorkOnWhatWasSentBeforeTheBrokerSawTheDrain() {
        var sockets = harness.sockets(1);
        harness.broker.onDrain = () -> harness.broker.deliver(sockets);
        launchGate.countDown();
        var run = harness.launched(SHORT, this::holdAll);
        await().until(() -> handled.size() == 2 && harness.broker.drains.get() > 0);
        assertThat(harness.broker.drains).hasValue(1);
        assertThat(run).isNotDone();
        gate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.fds.ends()).hasSize(2);
    }

    @Test
    void shouldHandleOrLeaveWhatComesInTheMomentOfItsEnd() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int acknowledged = 0;
        for (int round = 1; round <= 12; round++) {
            int attached = round;
            var run = harness.launched(Duration.ofMillis(30), handled::add);
            await().until(() -> harness.broker.starts.size() == attached);
            var sockets = harness.sockets(1);
            var pushed = CompletableFuture.runAsync(
                    () -> harness.broker.tryDeliver(sockets),
                    CompletableFuture.delayedExecutor(100 + random.nextInt(80), TimeUnit.MILLISECONDS));
            assertThat(run).succeedsWithin(Duration.ofSeconds(5));
            assertThat(pushed).succeedsWithin(Duration.ofSeconds(5));
            harness.broker.awaitDetached();
            // What was acknowledged was worked on and given back, before the program ended; the rest is the broker's.
            acknowledged = harness.broker.fds.acknowledged.get();
            assertThat(handled).as("seed %d, round %d", seed, round).hasSize(acknowledged);
            assertThat(harness.broker.fds.ends())
                    .as("seed %d, round %d", seed, round)
                    .hasSize(acknowledged);
        }
        assertThat(acknowledged).isGreaterThanOrEqualTo(12);
    }

    @Test
    void shouldLeaveWhenTheBrokerIsGone() {
        var run = harness.launched(SHORT, this::isLaunch);
        awaitAttached();
        harness.broker.close();
        launchGate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(handled).hasSize(1);
    }

    @Test
    void shouldWorkForARestartedBroker() throws IOException {
        var run = harness.launched(SHORT, this::isLaunch);
        awaitAttached();
        harness.restartBroker();
        awaitAttached();
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 2);
        launchGate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldLeaveAtOnceAfterAFailureOfTheLaunchButFinishItsOtherWork() {
        var failing = new CountDownLatch(1);
        var run = harness.launched(LONG, socket -> {
            handled.add(socket);
            if (handled.size() == 1) {
                failing.await();
                throw new IOException("no luck");
            }
            gate.await();
        });
        awaitAttached();
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 2);
        failing.countDown();
        await().until(() -> harness.broker.drains.get() == 1);
        assertThat(run).isNotDone();
        gate.countDown();
        assertThat(run)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(HandlerFailedException.class);
        // The failed one is left to the exit policy.
        assertThat(harness.broker.fds.completions)
                .singleElement()
                .matches(completion -> !completion.getToken().equals(SessionHarness.TOKEN));
    }

    @Test
    void shouldGiveBackLaterWhatFailsInItsSession() {
        var run = harness.launched(SHORT, socket -> {
            if (!isLaunch(socket)) {
                throw new IOException("no luck");
            }
        });
        awaitAttached();
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 2);
        launchGate.countDown();
        assertThat(run).succeedsWithin(Duration.ofSeconds(5));
        assertThat(handled).hasSize(2);
        assertThat(harness.broker.fds.ends()).hasSize(2);
    }

    @Test
    void shouldLeaveWhenItsThreadIsInterrupted() throws InterruptedException {
        var ended = new CompletableFuture<Boolean>();
        var thread = Thread.ofPlatform().start(() -> {
            harness.runLaunched(LONG, handled::add);
            ended.complete(Thread.currentThread().isInterrupted());
        });
        awaitAttached();
        thread.interrupt();
        assertThat(ended).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
        assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void shouldStayForTheShortestTime() {
        int open = OwnedFd.openCount();
        harness.runLaunched(Duration.ofMillis(1), handled::add);
        assertThat(handled).hasSize(1);
        harness.awaitDescriptorsClosed(open);
    }
}
