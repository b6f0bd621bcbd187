package io.socketbroker.daemon.time;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Timers in the order in which they were appended, linked through the timers themselves, so that each leaves in the same
 * time however many there are. Not thread-safe.
 */
final class TimerList {
    private Timers.@Nullable Timer first;
    private Timers.@Nullable Timer last;
    private long earliestNanos = Long.MAX_VALUE;

    boolean isEmpty() {
        return first == null;
    }

    Timers.Timer first() {
        if (first == null) {
            throw new NoSuchElementException("no timer is in this list");
        }
        return first;
    }

    /**
     * No timer's deadline is earlier. It may be the deadline of one that has left: finding the next would take a look at
     * each.
     */
    long earliestNanos() {
        return earliestNanos;
    }

    void append(Timers.Timer timer) {
        timer.list = this;
        timer.previous = last;
        timer.next = null;
        if (last == null) {
            first = timer;
        } else {
            last.next = timer;
        }
        last = timer;
        earliestNanos = Math.min(earliestNanos, timer.deadlineNanos());
    }

    /** The timer is in this list. */
    void remove(Timers.Timer timer) {
        if (timer.previous == null) {
            first = timer.next;
        } else {
            timer.previous.next = timer.next;
        }
        if (timer.next == null) {
            last = timer.previous;
        } else {
            timer.next.previous = timer.previous;
        }
        timer.list = null;
        timer.previous = null;
        timer.next = null;
        if (first == null) {
            earliestNanos = Long.MAX_VALUE;
        }
    }

    /** Moves the timers that are due behind those of another list, all in the same order. */
    void moveDue(long nowNanos, TimerList to) {
        if (earliestNanos > nowNanos) {
            return;
        }
        Timers.Timer timer = first;
        long earliestOfRest = Long.MAX_VALUE;
        while (timer != null) {
            Timers.Timer next = timer.next;
            if (timer.deadlineNanos() <= nowNanos) {
                remove(timer);
                to.append(timer);
            } else {
                earliestOfRest = Math.min(earliestOfRest, timer.deadlineNanos());
            }
            timer = next;
        }
        earliestNanos = earliestOfRest;
    }
}
