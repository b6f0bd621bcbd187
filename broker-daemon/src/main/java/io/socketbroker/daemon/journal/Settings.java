package io.socketbroker.daemon.journal;

import java.time.Duration;

/**
 * Bounds of the journal.
 *
 * @param queuedChanges that may wait for the disk before promises are refused
 * @param queuedBytes the same by memory
 * @param roomForChanges how many times these bounds before changes that promise nothing are dropped
 * @param batchBytes that are written at once, if one batch of the conductor is not more
 * @param overlayBytes of changes that wait for a store that cannot be written
 * @param firstRetry before the first attempt to write again
 * @param longestRetry between later ones
 * @param historyAge for which activations are kept
 * @param historyCount of which at most are kept, by the difference of their numbers
 * @param trimEvery between looks for activations that are too old
 */
record Settings(
        int queuedChanges,
        long queuedBytes,
        int roomForChanges,
        long batchBytes,
        long overlayBytes,
        Duration firstRetry,
        Duration longestRetry,
        Duration historyAge,
        long historyCount,
        Duration trimEvery) {
    static final Settings DEFAULT = new Settings(
            16_384,
            8 << 20,
            2,
            1 << 20,
            8 << 20,
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofDays(7),
            100_000,
            Duration.ofHours(1));
}
