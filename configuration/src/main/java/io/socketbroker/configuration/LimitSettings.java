package io.socketbroker.configuration;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The bounds of everything that callers can make the broker hold. Immutable.
 *
 * @param sockets brokered sockets of all users; empty is as many as the descriptors allow
 * @param socketsPerUid brokered sockets of one user; empty is as many as of all
 * @param tasksPerUid registered tasks of one user
 * @param contextBytes context of one socket
 * @param contextBytesPerUid contexts of all sockets of one user
 * @param handlers running handlers of all tasks; empty is as many as the descriptors allow
 * @param claimsPerUid unfinished claims of one user
 * @param claimTimeout from a reclaim or delivery to its acknowledgement
 * @param firstRetryDelay before the second attempt of an activation; doubled for each further one
 * @param longestRetryDelay the bound of that growth
 * @param quarantineAfter failed attempts in a row after which a socket is set apart
 * @param quarantine how long, before it is tried again
 * @param sessionsPerUid attached programs of one user
 * @param killDelay from SIGTERM to SIGKILL, when a handler has used up its time
 * @param activationsPerSecond activations of all users, and as many at once
 * @param activationsPerSecondPerUid activations of the tasks of one user, and as many at once
 */
public record LimitSettings(
        Optional<Integer> sockets,
        Optional<Integer> socketsPerUid,
        int tasksPerUid,
        int contextBytes,
        long contextBytesPerUid,
        Optional<Integer> handlers,
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
    private static final int MILLION = 1_000_000;

    static final Key<Integer> SOCKETS = Key.optional(
                    "sockets",
                    Numbers.count(1, MILLION),
                    "as many as RLIMIT_NOFILE allows",
                    "Brokered sockets of all users. More than the descriptors allow counts as that many.")
            .needingRestart();
    static final Key<Integer> SOCKETS_PER_UID = Key.optional(
                    "sockets-per-uid", Numbers.count(1, MILLION), "as `sockets`", "Brokered sockets of one user.")
            .needingRestart();
    static final Key<Integer> TASKS_PER_UID = Key.of(
                    "tasks-per-uid", Numbers.count(1, 100_000), 1_000, "Registered tasks of one user.")
            .needingRestart();
    static final Key<Long> CONTEXT_BYTES = Key.of(
                    "context-bytes", Numbers.size(0, 1 << 20), 64L << 10, "Context of one socket.")
            .needingRestart();
    static final Key<Long> CONTEXT_BYTES_PER_UID = Key.of(
                    "context-bytes-per-uid",
                    Numbers.size(0, 16L << 30),
                    256L << 20,
                    "Contexts of all sockets of one user.")
            .needingRestart();
    static final Key<Integer> HANDLERS = Key.optional(
                    "handlers",
                    Numbers.count(1, 100_000),
                    "512, or fewer if RLIMIT_NOFILE is small",
                    "Running handlers of all tasks. More than the descriptors allow counts as that many.")
            .needingRestart();
    static final Key<Integer> CLAIMS_PER_UID = Key.of(
                    "claims-per-uid", Numbers.count(1, 100_000), 256, "Unfinished reclaims and claims of one user.")
            .needingRestart();
    static final Key<Duration> CLAIM_TIMEOUT = Key.of(
                    "claim-timeout",
                    Numbers.time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    Duration.ofSeconds(5),
                    "From a reclaim or delivery to its acknowledgement.")
            .needingRestart();
    static final Key<Duration> FIRST_RETRY_DELAY = Key.of(
                    "first-retry-delay",
                    Numbers.time(Duration.ofMillis(1), Duration.ofHours(1)),
                    Duration.ofMillis(100),
                    "Before the second attempt of an activation; doubled for each further one.")
            .needingRestart();
    static final Key<Duration> LONGEST_RETRY_DELAY = Key.of(
                    "longest-retry-delay",
                    Numbers.time(Duration.ofMillis(1), Duration.ofDays(1)),
                    Duration.ofMinutes(1),
                    "The bound of that growth; not below `first-retry-delay`.")
            .needingRestart();
    static final Key<Integer> QUARANTINE_AFTER = Key.of(
                    "quarantine-after",
                    Numbers.count(1, 10_000),
                    10,
                    "Failed attempts in a row after which a socket is set apart.")
            .needingRestart();
    static final Key<Duration> QUARANTINE = Key.of(
                    "quarantine",
                    Numbers.time(Duration.ofSeconds(1), Duration.ofDays(7)),
                    Duration.ofMinutes(10),
                    "How long a socket is set apart before it is tried again.")
            .needingRestart();
    static final Key<Integer> SESSIONS_PER_UID = Key.of(
                    "sessions-per-uid", Numbers.count(1, 100_000), 256, "Attached programs of one user.")
            .needingRestart();
    static final Key<Duration> KILL_DELAY = Key.of(
                    "kill-delay",
                    Numbers.time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                    Duration.ofSeconds(5),
                    "From SIGTERM to SIGKILL, when a handler has used up its time.")
            .needingRestart();
    static final Key<Integer> ACTIVATIONS_PER_SECOND = Key.of(
                    "activations-per-second",
                    Numbers.count(1, MILLION),
                    MILLION,
                    "Activations of all users a second, and as many at once; further ones come later.")
            .needingRestart();
    static final Key<Integer> ACTIVATIONS_PER_SECOND_PER_UID = Key.of(
                    "activations-per-second-per-uid",
                    Numbers.count(1, MILLION),
                    100_000,
                    "The same of the tasks of one user.")
            .needingRestart();

    static final Section SECTION = new Section(
            "limits",
            false,
            "The bounds of everything that callers can make the broker hold.",
            List.of(
                    SOCKETS,
                    SOCKETS_PER_UID,
                    TASKS_PER_UID,
                    CONTEXT_BYTES,
                    CONTEXT_BYTES_PER_UID,
                    HANDLERS,
                    CLAIMS_PER_UID,
                    CLAIM_TIMEOUT,
                    FIRST_RETRY_DELAY,
                    LONGEST_RETRY_DELAY,
                    QUARANTINE_AFTER,
                    QUARANTINE,
                    SESSIONS_PER_UID,
                    KILL_DELAY,
                    ACTIVATIONS_PER_SECOND,
                    ACTIVATIONS_PER_SECOND_PER_UID));

    static LimitSettings of(Values values, List<Problem> problems) {
        if (values.get(LONGEST_RETRY_DELAY).compareTo(values.get(FIRST_RETRY_DELAY)) < 0) {
            Key<Duration> said = values.has(FIRST_RETRY_DELAY) ? FIRST_RETRY_DELAY : LONGEST_RETRY_DELAY;
            problems.add(new Problem(
                    values.origin(said),
                    "first-retry-delay (" + Numbers.shown(values.get(FIRST_RETRY_DELAY))
                            + ") must not be above longest-retry-delay ("
                            + Numbers.shown(values.get(LONGEST_RETRY_DELAY)) + ")"));
        }
        return new LimitSettings(
                values.find(SOCKETS),
                values.find(SOCKETS_PER_UID),
                values.get(TASKS_PER_UID),
                Math.toIntExact(values.get(CONTEXT_BYTES)),
                values.get(CONTEXT_BYTES_PER_UID),
                values.find(HANDLERS),
                values.get(CLAIMS_PER_UID),
                values.get(CLAIM_TIMEOUT),
                values.get(FIRST_RETRY_DELAY),
                values.get(LONGEST_RETRY_DELAY),
                values.get(QUARANTINE_AFTER),
                values.get(QUARANTINE),
                values.get(SESSIONS_PER_UID),
                values.get(KILL_DELAY),
                values.get(ACTIVATIONS_PER_SECOND),
                values.get(ACTIVATIONS_PER_SECOND_PER_UID));
    }
}
