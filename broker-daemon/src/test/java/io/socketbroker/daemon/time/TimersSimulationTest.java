package io.socketbroker.daemon.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls on the wheel and on a model of it, side by side. A failure names its seed. */
class TimersSimulationTest {
    private static final int SCHEDULES = 400;
    private static final int STEPS = 200;

    /** The longest reach of a random deadline or jump: within a tick, within a level, and over several levels. */
    private static final long[] REACHES = {
        900_000, 5_000_000, 64_000_000, 70_000_000, 4_096_000_000L, 300_000_000_000L, 604_800_000_000_000L, 1L << 61
    };

    private final Map<Integer, Timers.Timer> handles = new HashMap<>();
    private Timers timers = new Timers();
    private TimersModel model = new TimersModel();
    private SplittableRandom random = new SplittableRandom(0);
    private long nowNanos;
    private boolean hasRun;
    private int lastName;

    /** What is due in the present run and has not run, by the model. */
    private Queue<Integer> expected = new ArrayDeque<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldDoWhatTheModelDoes(long firstSeed) {
        for (long seed = firstSeed * 1_000_000; seed < firstSeed * 1_000_000 + SCHEDULES; seed++) {
            try {
                simulate(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void simulate(long seed) {
        timers = new Timers();
        model = new TimersModel();
        random = new SplittableRandom(seed);
        handles.clear();
        lastName = 0;
        hasRun = false;
        nowNanos = random.nextBoolean() ? 0 : reach();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> schedule();
                case 4 -> cancel();
                default -> run();
            }
            checkNextDeadline();
        }
        nowNanos = Long.MAX_VALUE;
        runDue();
        assertThat(timers.nextDeadlineNanos()).isEmpty();
        assertThat(model.earliestNanos()).isEmpty();
    }

    /** Now and so much, or the end of time. */
    private long after(long nanos) {
        return nowNanos > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : nowNanos + nanos;
    }

    private long reach() {
        return random.nextLong(REACHES[random.nextInt(REACHES.length)]);
    }

    private void schedule() {
        // Some in the past, some at the very edge of a tick.
        long deadline = random.nextInt(6) == 0 ? nowNanos - random.nextLong(3_000_000) : after(reach());
        if (random.nextInt(4) == 0) {
            deadline -= Math.floorMod(deadline, 1_000_000);
        }
        int name = ++lastName;
        model.schedule(name, deadline);
        handles.put(name, timers.schedule(deadline, () -> act(name)));
        assertThat(handles.get(name).deadlineNanos()).isEqualTo(deadline);
    }

    /** Anything that was ever scheduled, also what ran or was cancelled. */
    private void cancel() {
        if (lastName > 0) {
            int name = 1 + random.nextInt(lastName);
            model.cancel(name);
            expected.remove(name);
            timers.cancel(handles.get(name));
        }
    }

    private void act(int name) {
        assertThat(expected.poll()).isEqualTo(name);
        model.cancel(name);
        for (int i = random.nextInt(3); i > 0 && nowNanos < Long.MAX_VALUE; i--) {
            schedule();
        }
        if (random.nextInt(3) == 0) {
            cancel();
        }
    }

    private void run() {
        long next = timers.nextDeadlineNanos().orElse(nowNanos);
        switch (random.nextInt(5)) {
            case 0 -> nowNanos = Math.max(nowNanos, next);
            case 1 -> nowNanos = Math.max(nowNanos, next - 1);
            case 2 -> {} // a second look at the same time
            default -> nowNanos = after(reach());
        }
        runDue();
    }

    private void runDue() {
        expected = new ArrayDeque<>(model.due(nowNanos));
        timers.runDue(nowNanos);
        hasRun = true;
        assertThat(expected).as("due, but did not run").isEmpty();
        if (model.earliestNanos().orElse(0) > nowNanos) {
            timers.runDue(nowNanos); // at most one, for what was scheduled for now and cancelled again
            assertThat(timers.nextDeadlineNanos().orElseThrow())
                    .as("no further turn without work")
                    .isGreaterThan(nowNanos);
        }
    }

    private void checkNextDeadline() {
        assertThat(timers.nextDeadlineNanos().isPresent())
                .isEqualTo(model.earliestNanos().isPresent());
        model.earliestNanos().ifPresent(earliest -> {
            long next = timers.nextDeadlineNanos().orElseThrow();
            assertThat(next).as("no oversleeping").isLessThanOrEqualTo(Math.max(earliest, nowNanos));
            if (hasRun) {
                assertThat(next).as("not in the past").isGreaterThanOrEqualTo(nowNanos);
            }
        });
    }
}
