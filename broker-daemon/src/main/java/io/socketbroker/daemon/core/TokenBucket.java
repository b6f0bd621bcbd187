package io.socketbroker.daemon.core;

/**
 * A rate with a burst, as the generic cell rate algorithm (ITU-T I.371): one number instead of a counter and a refill. A
 * token can be reserved ahead, so that those who wait get times of their own instead of racing for the next token.
 */
final class TokenBucket {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int perSecond;
    private final int burst;
    private final long intervalNanos;
    private final long toleranceNanos;

    /** When the bucket is full again. */
    private long fullAtNanos = Long.MIN_VALUE;

    /** Full. Both at least 1. */
    TokenBucket(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        intervalNanos = SECOND_NANOS / perSecond;
        toleranceNanos = intervalNanos * (burst - 1L);
    }

    int perSecond() {
        return perSecond;
    }

    boolean is(int otherPerSecond, int otherBurst) {
        return perSecond == otherPerSecond && burst == otherBurst;
    }

    /** How long until a token is there; 0 if one is. */
    long waitNanos(long nowNanos) {
        return Math.max(0, Math.max(fullAtNanos, nowNanos) - toleranceNanos - nowNanos);
    }

    /** Takes a token, the next one that nobody has reserved; how long until it may be used. */
    long reserve(long nowNanos) {
        long waitNanos = waitNanos(nowNanos);
        fullAtNanos = Math.max(fullAtNanos, nowNanos) + intervalNanos;
        return waitNanos;
    }

    /** Tokens that are there. */
    int available(long nowNanos) {
        long used = Math.max(fullAtNanos, nowNanos) - nowNanos;
        return Math.clamp((toleranceNanos + intervalNanos - used) / intervalNanos, 0, burst);
    }

    /** Nothing would be lost with this bucket: a new one would say the same. */
    boolean isFull(long nowNanos) {
        return fullAtNanos <= nowNanos;
    }
}
