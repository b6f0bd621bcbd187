package io.socketbroker.daemon.time;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines in the order in which they come due. A cancelled timer is gone at once, so the size is bounded by what is
 * scheduled. Not thread-safe.
 */
public final class Timers {
    private static final Comparator<Timer> ORDER =
            Comparator.comparingLong(Timer::deadlineNanos).thenComparingLong(Timer::sequence);

    private final TreeSet<Timer> pending = new TreeSet<>(ORDER);
    private long sequence;

    /** One deadline, kept by whoever may cancel it. */
    public record Timer(long deadlineNanos, long sequence, Runnable action) {}

    /** Runs the action once, when the time has come. Nanoseconds on the clock of {@link #runDue}. */
    public Timer schedule(long deadlineNanos, Runnable action) {
        Timer timer = new Timer(deadlineNanos, sequence++, action);
        pending.add(timer);
        return timer;
    }

    /** Null and what ran already are ignored. */
    public void cancel(@Nullable Timer timer) {
        if (timer != null) {
            pending.remove(timer);
        }
    }

    /** When {@link #runDue} has something to do. */
    public OptionalLong nextDeadlineNanos() {
        return pending.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(pending.first().deadlineNanos());
    }

    /** Runs what is due; what an action schedules for now runs in the next turn. */
    public void runDue(long nowNanos) {
        long last = sequence;
        while (!pending.isEmpty()
                && pending.first().deadlineNanos() <= nowNanos
                && pending.first().sequence() < last) {
            Timer due = pending.first();
            pending.remove(due);
            due.action().run();
        }
    }
}
