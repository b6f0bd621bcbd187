package io.socketbroker.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.core.Queries.Totals;
import io.socketbroker.daemon.loop.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PulseTest {
    private static final long BEAT_NANOS = Duration.ofMillis(50).toNanos();

    private final EventLoop loop = new EventLoop();
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final Pulse pulse = new Pulse(loop, () -> new Totals(sockets.get(), 0, 0));
    private final Listener listener = new Listener();
    private Thread thread = new Thread();

    private final class Listener implements Vitals {
        private final AtomicInteger beats = new AtomicInteger();
        private final AtomicBoolean deaf = new AtomicBoolean();
        private final List<Integer> told = new CopyOnWriteArrayList<>();
        private final List<Long> toldAt = new CopyOnWriteArrayList<>();

        @Override
        public boolean alive() {
            beats.incrementAndGet();
            return !deaf.get();
        }

        @Override
        public boolean totals(Totals totals) {
            toldAt.add(loop.nowNanos());
            told.add(totals.sockets());
            return !deaf.get();
        }
    }

    @BeforeEach
    void run() {
        loop.onTurn(OptionalLong::empty, () -> {
            turns.incrementAndGet();
            pulse.endOfTurn();
        });
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
        loop.close();
    }

    private void tell(OptionalLong nanos) {
        loop.submit(() -> pulse.tell(listener, nanos));
    }

    private void change(int to) {
        loop.submit(() -> sockets.set(to));
    }

    @Test
    void shouldBeatAsLongAsTheLoopTurns() {
        tell(OptionalLong.of(BEAT_NANOS));
        await().untilAsserted(() -> assertThat(listener.beats).hasValueGreaterThan(5));
    }

    @Test
    void shouldBeSilentWhileTheLoopHangs() {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        tell(OptionalLong.of(BEAT_NANOS));
        loop.submit(() -> {
            hanging.countDown();
            awaitQuietly(hang);
        });
        awaitQuietly(hanging);
        int before = listener.beats.get();
        await().during(Duration.ofNanos(BEAT_NANOS * 10))
                .atMost(Duration.ofSeconds(20))
                .until(() -> listener.beats.get() == before);
        hang.countDown();
        await().until(() -> listener.beats.get() > before);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldBeatAgainSoonIfItWasNotHeard() {
        listener.deaf.set(true);
        tell(OptionalLong.of(Duration.ofMinutes(1).toNanos() / 100));
        await().atMost(Duration.ofSeconds(5)).until(() -> listener.beats.get() >= 8);
    }

    @Test
    void shouldTellTotalsAtOnceAndWhenTheyChanged() {
        tell(OptionalLong.empty());
        await().untilAsserted(() -> assertThat(listener.told).containsExactly(0));
        change(1);
        await().untilAsserted(() -> assertThat(listener.told).containsExactly(0, 1));
    }

    @Test
    void shouldTellTotalsAtMostOnceASecond() {
        tell(OptionalLong.empty());
        for (int i = 1; i <= 10_000; i++) {
            change(i);
        }
        await().untilAsserted(() -> assertThat(listener.told).endsWith(10_000));
        assertThat(listener.told.size()).isLessThan(10);
        for (int i = 1; i < listener.toldAt.size(); i++) {
            assertThat(listener.toldAt.get(i) - listener.toldAt.get(i - 1))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void shouldSayNothingWhenItIsAsItWas() {
        loop.submit(() -> {
            pulse.tell(listener, OptionalLong.empty());
            sockets.set(5);
            pulse.endOfTurn();
            sockets.set(0);
        });
        await().during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> listener.told.stream().allMatch(total -> total == 0));
        assertThat(listener.told).hasSize(1);
    }

    @Test
    void shouldTellTotalsAgainIfTheyWereNotTaken() {
        listener.deaf.set(true);
        tell(OptionalLong.empty());
        await().untilAsserted(() -> assertThat(listener.told).hasSizeGreaterThanOrEqualTo(2));
        listener.deaf.set(false);
        change(7);
        await().untilAsserted(() -> assertThat(listener.told).endsWith(7));
    }

    @Test
    void shouldLetAnIdleLoopSleepWithoutAWatchdog() {
        tell(OptionalLong.empty());
        await().untilAsserted(() -> assertThat(listener.told).hasSize(1));
        await().during(Duration.ofMillis(300)).until(() -> true);
        int before = turns.get();
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(turns).hasValue(before));
    }
}
