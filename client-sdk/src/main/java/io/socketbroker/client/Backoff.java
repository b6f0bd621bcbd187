package io.socketbroker.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Delays that double up to a bound, each with jitter: between its half and itself. Not thread-safe. */
final class Backoff {

    private static final int MOST_DOUBLINGS = 20;

    private final long firstMillis;
    private final long longestMillis;
    private int failures;

    Backoff(Duration first, Duration longest) {
        firstMillis = first.toMillis();
        longestMillis = Math.max(1, longest.toMillis());
    }

    /** After one more failure. */
    long nextDelayMillis() {
        return delayMillis(++failures);
    }

    /** After so many failures in a row, from 1. */
    long delayMillis(int failuresInRow) {
        long delay = Math.min(longestMillis, firstMillis << Math.min(failuresInRow - 1, MOST_DOUBLINGS));
        return delay / 2 + ThreadLocalRandom.current().nextLong(delay - delay / 2 + 1);
    }

    void reset() {
        failures = 0;
    }
}
