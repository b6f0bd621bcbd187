package io.socketbroker.daemon.core;

import java.time.Duration;

/**
 * The bounds of everything that callers can make the broker hold.
 *
 * @param sockets brokered sockets of all users
 * @param socketsPerUid brokered sockets of one uid
 * @param tasksPerUid registered tasks of one uid
 * @param contextBytes context of one socket
 * @param contextBytesPerUid contexts of all sockets of one uid
 * @param handlers running handlers of all tasks
 * @param claimsPerUid unfinished claims of one uid
 * @param claimTimeout from a reclaim or delivery to its acknowledgement
 * @param firstRetryDelay before the second attempt of an activation; doubled for each further one
 * @param longestRetryDelay the bound of that growth
 * @param quarantineAfter failed attempts in a row after which a socket is set apart
 * @param quarantine how long, before it is tried again
 * @param sessionsPerUid attached programs of one uid
 * @param killDelay from SIGTERM to SIGKILL, when a handler has used up its time
 * @param activationsPerSecond activations of all users, and as many at once
 * @param activationsPerSecondPerUid activations of the tasks of one uid, and as many at once
 */
public record BrokerLimits(
        int sockets,
        int socketsPerUid,
        int tasksPerUid,
        int contextBytes,
        long contextBytesPerUid,
        int handlers,
        int claimsPerUid,
        Duration claimTimeout,
        Duration firstRetryDelay,
        Duration longestRetryDelay,
        int quarantineAfter,
        Duration quarantine,
        int sessionsPerUid,
        Duration killDelay,
        int activationsPerSecond,
        int activationsPerSecondPerUid) {
    /** Connections accepted in one turn of the conductor, so that one listener cannot hold up the others. */
    static final int ACCEPTS_PER_TURN = 64;

    /** Handlers of one task that run at the same time, unless its specification says otherwise; systemd's MaxConnections. */
    static final int DEFAULT_MAX_CONCURRENCY = 64;

    /** The most that a task may ask for. */
    static final int LARGEST_MAX_CONCURRENCY = 10_000;

    /** Defaults, for a broker that has descriptors for so many sockets and handlers. */
    public static BrokerLimits forDescriptors(int sockets, int handlers) {
        return new BrokerLimits(
                sockets,
                sockets,
                1_000,
                64 * 1024,
                256L << 20,
                handlers,
                256,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofSeconds(60),
                10,
                Duration.ofMinutes(10),
                256,
                Duration.ofSeconds(5),
                1_000_000,
                100_000);
    }
}
