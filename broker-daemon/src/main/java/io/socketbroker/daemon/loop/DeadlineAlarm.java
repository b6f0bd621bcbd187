package io.socketbroker.daemon.loop;

import io.socketbroker.linux.BootClock;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.TimerFd;

/**
 * Wakes the loop when its next deadline has come, also if the machine was suspended meanwhile. The kernel is told only
 * of a deadline that is earlier than the one it knows, so a loop whose deadlines are mostly set and cancelled again makes
 * no call for them. Only {@link #nowNanos} is for other threads too.
 */
final class DeadlineAlarm implements AutoCloseable {
    /** Deadlines of one millisecond share a wake-up. Rounded up, so that after it what it was for is due. */
    private static final long GRANULARITY_NANOS = 1_000_000;

    private static final long NOT_ARMED = Long.MAX_VALUE;

    private final TimerFd timer = new TimerFd();
    private long armedNanos = NOT_ARMED;

    /** Nanoseconds since the host was started, on CLOCK_BOOTTIME; the same for all processes. */
    long nowNanos() {
        return BootClock.nanos();
    }

    /** To be watched for EPOLLIN; then call {@link #fired}. */
    Fd fd() {
        return timer.fd();
    }

    /**
     * Sees to it that the descriptor is readable at most a millisecond after this time. It may be earlier, for a deadline
     * that is no more.
     *
     * @param deadlineNanos on the clock of {@link #nowNanos}
     * @return whether the kernel had to be told
     */
    boolean arm(long deadlineNanos) {
        long latest = Long.MAX_VALUE - GRANULARITY_NANOS;
        long rounded = Math.ceilDiv(Math.min(deadlineNanos, latest), GRANULARITY_NANOS) * GRANULARITY_NANOS;
        if (rounded >= armedNanos) {
            return false;
        }
        timer.setDeadline(rounded);
        armedNanos = rounded;
        return true;
    }

    /** The descriptor is readable: it is not any more, and waits for the next {@link #arm}. */
    void fired() {
        timer.drain();
        armedNanos = NOT_ARMED;
    }

    @Override
    public void close() {
        timer.close();
    }
}
