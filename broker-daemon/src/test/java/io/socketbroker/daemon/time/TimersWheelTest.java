package io.socketbroker.daemon.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where levels meet, far jumps, and many timers. */
class TimersWheelTest {
    private static final long TICK = 1_000_000;
    private static final int MANY = 1_000_000;

    private final Timers timers = new Timers();
    private final List<Long> ran = new ArrayList<>();

    private void schedule(long deadlineNanos) {
        timers.schedule(deadlineNanos, () -> ran.add(deadlineNanos));
    }

    /** The ticks at which a level ends, up to the highest that nanoseconds of a long can reach. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 6, 1L << 12, 1L << 18, 1L << 24, 1L << 30, 1L << 36, 1L << 42})
    void shouldRunAroundTheEndOfALevelOnTime(long ticks) {
        long boundary = ticks * TICK;
        List<Long> deadlines =
                List.of(boundary - TICK - 1, boundary - TICK, boundary - 1, boundary, boundary + 1, boundary + TICK);
        deadlines.forEach(this::schedule);
        for (long deadline : deadlines) {
            assertThat(timers.nextDeadlineNanos()).hasValue(deadline);
            timers.runDue(deadline - 1);
            assertThat(ran).doesNotContain(deadline);
            timers.runDue(deadline);
            assertThat(ran).endsWith(deadline);
        }
        assertThat(ran).isEqualTo(deadlines);
    }

    @Test
    void shouldKeepTheOrderOfATickThatWasReachedOverLevels() {
        long deadline = ((1L << 18) + (1L << 12) + (1L << 6) + 1) * TICK;
        List<String> order = new ArrayList<>();
        timers.schedule(deadline + 5, () -> order.add("from far"));
        timers.runDue(((1L << 18) + 1) * TICK);
        timers.schedule(deadline + 4, () -> order.add("from level 2"));
        timers.runDue(((1L << 18) + (1L << 12) + 1) * TICK);
        timers.schedule(deadline + 3, () -> order.add("from level 1"));
        timers.runDue(deadline - 1);
        timers.schedule(deadline + 2, () -> order.add("from level 0"));
        timers.runDue(deadline + 1);
        timers.schedule(deadline + 2, () -> order.add("from the same tick"));
        assertThat(order).isEmpty();
        timers.runDue(deadline + 5);
        assertThat(order)
                .containsExactly("from far", "from level 2", "from level 1", "from level 0", "from the same tick");
    }

    @Test
    void shouldRunEverythingAfterASleepOfYears() {
        long year = 365L * 86_400 * 1_000_000_000;
        List<Long> deadlines = new ArrayList<>();
        for (long deadline = TICK; deadline < 80 * year; deadline = deadline * 3 + 1) {
            deadlines.add(deadline);
        }
        List<Long> shuffled = new ArrayList<>(deadlines);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(this::schedule);
        schedule(Long.MAX_VALUE);
        timers.runDue(80 * year);
        assertThat(ran).isEqualTo(deadlines);
        assertThat(timers.nextDeadlineNanos()).hasValue(Long.MAX_VALUE);
        timers.runDue(Long.MAX_VALUE);
        assertThat(ran).endsWith(Long.MAX_VALUE);
        assertThat(timers.nextDeadlineNanos()).isEmpty();
    }

    @Test
    void shouldForgetWhatWasCancelledAfterAtMostOneLookForEach() {
        for (long ticks : new long[] {3, 5, 100, 5_000, 300_000}) {
            timers.cancel(timers.schedule(ticks * TICK, () -> ran.add(0L)));
        }
        assertThat(timers.nextDeadlineNanos()).as("alone in their lists").isEmpty();
        // In one list with a later one: its deadline may still be reported, but once.
        Timers.Timer cancelled = timers.schedule(70 * TICK, () -> ran.add(0L));
        schedule(90 * TICK);
        timers.cancel(cancelled);
        assertThat(timers.nextDeadlineNanos().orElseThrow()).isBetween(70 * TICK, 90 * TICK);
        timers.runDue(70 * TICK);
        assertThat(timers.nextDeadlineNanos()).hasValue(90 * TICK);
    }

    @Test
    void shouldHoldAMillionTimers() {
        SplittableRandom random = new SplittableRandom(11);
        long[] deadlines = new long[MANY];
        Timers.Timer[] handles = new Timers.Timer[MANY];
        int[] runs = new int[MANY];
        long[] last = {Long.MIN_VALUE};
        for (int i = 0; i < MANY; i++) {
            int name = i;
            deadlines[i] = random.nextLong(604_800L * 1_000_000_000);
            handles[i] = timers.schedule(deadlines[i], () -> {
                runs[name]++;
                assertThat(deadlines[name] / TICK).isGreaterThanOrEqualTo(last[0] / TICK);
                last[0] = deadlines[name];
            });
        }
        for (int i = 0; i < MANY; i += 2) {
            timers.cancel(handles[i]);
        }
        int turns = 0;
        for (OptionalLong next = timers.nextDeadlineNanos(); next.isPresent(); next = timers.nextDeadlineNanos()) {
            timers.runDue(next.getAsLong());
            turns++;
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(runs[i]).isEqualTo(i % 2);
        }
        assertThat(turns).as("one for each deadline, cancelled ones at most").isBetween(MANY / 2 - 1_000, MANY);
    }

    @Test
    void shouldCancelAMillionTimersOfOneMoment() {
        Timers.Timer[] handles = new Timers.Timer[MANY];
        for (int i = 0; i < MANY; i++) {
            handles[i] = timers.schedule(3_600_000 * TICK, () -> ran.add(1L));
        }
        schedule(3_600_000 * TICK);
        for (int i = 0; i < MANY; i++) {
            timers.cancel(handles[(int) (i * 7_919L % MANY)]);
        }
        assertThat(timers.nextDeadlineNanos()).hasValue(3_600_000 * TICK);
        timers.runDue(3_600_000 * TICK);
        assertThat(ran).containsExactly(3_600_000 * TICK);
    }
}
