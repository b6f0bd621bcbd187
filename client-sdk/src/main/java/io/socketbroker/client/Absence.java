package io.socketbroker.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The time for which one call waits for a broker that is away, from its first failure on: delays that double from 50 ms to
 * 1 s. Its steps follow one another, on any thread.
 */
final class Absence {

    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    private final Backoff backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY);
    private final long deadlineNanos;

    /** Begins now. */
    Absence(Duration longest) {
        deadlineNanos = System.nanoTime() + longest.toNanos();
    }

    /** Done when it is time to ask again, or failed with the cause when it was long enough. */
    CompletableFuture<Void> pause(BrokerException cause) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (leftMillis <= 0) {
            return CompletableFuture.failedFuture(cause);
        }
        long delayMillis = Math.min(leftMillis, backoff.nextDelayMillis());
        return CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
    }
}
