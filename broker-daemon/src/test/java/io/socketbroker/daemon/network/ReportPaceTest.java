package io.socketbroker.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.time.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReportPaceTest {
    private static final long MILLISECOND = 1_000_000;

    private final Timers timers = new Timers();
    private final List<Long> reportMillis = new ArrayList<>();
    private long nowNanos;
    private final ReportPace pace = new ReportPace(
            () -> nowNanos,
            (action, delayNanos) -> timers.schedule(nowNanos + delayNanos, action),
            () -> reportMillis.add(nowNanos / MILLISECOND));

    private void advanceTo(long millis) {
        while (timers.nextDeadlineNanos().orElse(Long.MAX_VALUE) <= millis * MILLISECOND) {
            nowNanos = timers.nextDeadlineNanos().orElseThrow();
            timers.runDue(nowNanos);
        }
        nowNanos = millis * MILLISECOND;
    }

    private void changesAt(long... millis) {
        for (long each : millis) {
            advanceTo(each);
            pace.changed();
        }
        advanceTo(1_000_000);
    }

    @Test
    void shouldReportTheFirstChangeAtOnceAndAloneOnce() {
        changesAt(0);
        assertThat(reportMillis).containsExactly(0L);
    }

    @Test
    void shouldReportTheRestOfABurstASecondLater() {
        changesAt(5_000, 5_001, 5_002, 5_400, 5_999);
        assertThat(reportMillis).containsExactly(5_000L, 6_000L);
    }

    @Test
    void shouldReportAtOnceAfterAQuietSecond() {
        changesAt(0, 1_000, 5_000, 6_001);
        assertThat(reportMillis).containsExactly(0L, 1_000L, 5_000L, 6_001L);
    }

    @Test
    void shouldReportOnceASecondWhileChangesGoOn() {
        long[] changes = new long[100];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = 100L * i;
        }
        changesAt(changes);
        assertThat(reportMillis)
                .containsExactly(0L, 1_000L, 2_000L, 3_000L, 4_000L, 5_000L, 6_000L, 7_000L, 8_000L, 9_000L, 10_000L);
    }

    @Test
    void shouldKeepTheIntervalAndReportAfterTheLastChangeAlways() {
        for (long seed = 0; seed < 200; seed++) {
            reportMillis.clear();
            TreeSet<Long> changes = new TreeSet<>();
            SplittableRandom random = new SplittableRandom(seed);
            long start = nowNanos / MILLISECOND + 2_000;
            random.longs(1 + random.nextInt(50), start, start + 20_000).forEach(changes::add);
            for (long change : changes) {
                advanceTo(change);
                pace.changed();
            }
            advanceTo(start + 30_000);
            assertThat(reportMillis.getFirst()).as("seed %s", seed).isEqualTo(changes.first());
            assertThat(reportMillis.getLast()).as("seed %s", seed).isBetween(changes.last(), changes.last() + 1_000);
            for (int i = 1; i < reportMillis.size(); i++) {
                assertThat(reportMillis.get(i) - reportMillis.get(i - 1))
                        .as("seed %s", seed)
                        .isGreaterThanOrEqualTo(1_000);
            }
        }
    }
}
