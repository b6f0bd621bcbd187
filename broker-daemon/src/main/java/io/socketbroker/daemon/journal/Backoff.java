package io.socketbroker.daemon.journal;

/** When to try again: after twice the time at each failure, up to a bound. Not thread-safe. */
final class Backoff {
    private final long firstNanos;
    private final long longestNanos;
    private long delayNanos;
    private long dueNanos;
    private long succeededNanos;

    Backoff(long firstNanos, long longestNanos) {
        this.firstNanos = firstNanos;
        this.longestNanos = longestNanos;
    }

    void failed(long nowNanos) {
        // A success that did not last is none: else a disk that fails at once each time would be tried without rest.
        boolean afresh = delayNanos == 0 || (succeededNanos != 0 && nowNanos - succeededNanos > longestNanos);
        delayNanos = afresh ? firstNanos : Math.min(longestNanos, 2 * delayNanos);
        succeededNanos = 0;
        dueNanos = nowNanos + delayNanos;
    }

    void succeeded(long nowNanos) {
        succeededNanos = nowNanos;
    }

    boolean isDue(long nowNanos) {
        return nanosLeft(nowNanos) <= 0;
    }

    long nanosLeft(long nowNanos) {
        return dueNanos - nowNanos;
    }
}
