package io.socketbroker.daemon.time;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines, in a hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", scheme 6): to
 * schedule and to cancel takes the same time with one timer and with a million. A cancelled timer is gone at once, so the
 * size is bounded by what is scheduled. Not thread-safe.
 *
 * <p>Time is divided into ticks of a millisecond. Timers run in the order of their ticks and, within a tick, in the order
 * in which they were scheduled, but each only when its own deadline has come, to the nanosecond. A deadline that has passed
 * counts as one of the present tick. What is scheduled and run depends on the calls alone, so a simulation can be repeated.
 */
public final class Timers {
    private static final long TICK_NANOS = 1_000_000;

    /** 48 bits of ticks: more than the nanoseconds of a long make. */
    private static final int LEVELS = 8;

    /**
     * A timer is in the level of the highest group of bits in which its tick differs from the present one. So the levels
     * are in the order of time, and all timers of one tick are always in one list.
     */
    private final WheelLevel[] levels = new WheelLevel[LEVELS];

    /** Of the present tick and earlier ones, and not due when they were looked at last. */
    private final TimerList present = new TimerList();

    /** Taken by {@link #runDue}, to be run next. */
    private final TimerList due = new TimerList();

    private long presentTick;
    private long latestNanos = Long.MIN_VALUE;

    /** One deadline, kept by whoever may cancel it. */
    public static final class Timer {
        private final long deadlineNanos;
        private final Runnable action;

        /** Where it is, until it runs or is cancelled. */
        @Nullable
        TimerList list;

        @Nullable
        Timer previous;

        @Nullable
        Timer next;

        private Timer(long deadlineNanos, Runnable action) {
            this.deadlineNanos = deadlineNanos;
            this.action = action;
        }

        /** As scheduled, on the clock of {@link Timers#runDue}. */
        public long deadlineNanos() {
            return deadlineNanos;
        }
    }

    /** None yet, at time 0. */
    public Timers() {
        for (int i = 0; i < LEVELS; i++) {
            levels[i] = new WheelLevel(i);
        }
    }

    /** Runs the action once, when the time has come. Nanoseconds on the clock of {@link #runDue}. */
    public Timer schedule(long deadlineNanos, Runnable action) {
        Timer timer = new Timer(deadlineNanos, action);
        place(timer);
        return timer;
    }

    private void place(Timer timer) {
        long tick = Math.floorDiv(timer.deadlineNanos, TICK_NANOS);
        if (tick <= presentTick) {
            present.append(timer);
        } else {
            int highestBit = Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ presentTick);
            levels[highestBit / WheelLevel.BITS].append(timer, tick);
        }
    }

    /** Null, what ran already and what was cancelled before are ignored. */
    public void cancel(@Nullable Timer timer) {
        if (timer != null && timer.list != null) {
            timer.list.remove(timer);
        }
    }

    /**
     * When to call {@link #runDue}: never later than a deadline that lies ahead, and never before the time of the last
     * {@link #runDue}. It may be the deadline of a timer that was cancelled; then nothing is due at that time, and the next
     * answer is later. Empty if nothing is scheduled.
     */
    public OptionalLong nextDeadlineNanos() {
        if (!due.isEmpty()) {
            return OptionalLong.of(latestNanos); // left over from an action that threw
        }
        TimerList next = present;
        if (present.isEmpty()) {
            WheelLevel level = lowestOccupied();
            if (level == null) {
                return OptionalLong.empty();
            }
            next = level.next();
        }
        return OptionalLong.of(Math.max(next.earliestNanos(), latestNanos));
    }

    /**
     * Runs what is due. What an action schedules for now or earlier runs in the next call, and what it cancels does not run.
     * If an action throws, the rest runs in the next call.
     *
     * @param nowNanos may be far beyond the time of the last call; if it is before, only what is due by then runs
     */
    public void runDue(long nowNanos) {
        latestNanos = Math.max(latestNanos, nowNanos);
        advanceTo(Math.floorDiv(nowNanos, TICK_NANOS));
        present.moveDue(nowNanos, due);
        while (!due.isEmpty()) {
            Timer timer = due.first();
            due.remove(timer);
            timer.action.run();
        }
    }

    /** Goes from list to list that has timers, not from tick to tick, so that a long sleep costs nothing. */
    private void advanceTo(long tick) {
        WheelLevel level = lowestOccupied();
        while (level != null && level.nextTick(presentTick) <= tick) {
            presentTick = level.nextTick(presentTick);
            TimerList list = level.next();
            while (!list.isEmpty()) {
                Timer timer = list.first();
                list.remove(timer);
                place(timer);
            }
            level = lowestOccupied();
        }
        presentTick = Math.max(presentTick, tick);
    }

    /** Its timers are before those of all higher levels. */
    private @Nullable WheelLevel lowestOccupied() {
        for (WheelLevel level : levels) {
            if (!level.isEmpty()) {
                return level;
            }
        }
        return null;
    }
}
