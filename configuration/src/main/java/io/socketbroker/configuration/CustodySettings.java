package io.socketbroker.configuration;

import java.time.Duration;
import java.util.List;

/**
 * How patient the broker is with who else holds its descriptors. Immutable.
 *
 * @param answerTimeout how long the vault may take to answer before its connection counts as broken
 * @param outageLimit how long transfers wait for a vault that is away before they are refused
 * @param refillPause how long until sockets that the vault refused in a refill are offered again
 * @param mostQueued sockets whose transfer waits because the vault is busy or away
 * @param systemdSockets the most sockets in systemd's fd store
 */
public record CustodySettings(
        Duration answerTimeout, Duration outageLimit, Duration refillPause, int mostQueued, int systemdSockets) {
    private static final Form<Duration> PATIENCE = Numbers.time(Duration.ofMillis(1), Duration.ofMinutes(10));

    static final Key<Duration> ANSWER_TIMEOUT = Key.of(
                    "vault-answer-timeout",
                    PATIENCE,
                    Duration.ofSeconds(5),
                    "How long the vault may take to answer before its connection counts as broken.")
            .needingRestart();
    static final Key<Duration> OUTAGE_LIMIT = Key.of(
                    "vault-outage-limit",
                    PATIENCE,
                    Duration.ofSeconds(5),
                    "How long transfers wait for a vault that is away before they are refused.")
            .needingRestart();
    static final Key<Duration> REFILL_PAUSE = Key.of(
                    "vault-refill-pause",
                    PATIENCE,
                    Duration.ofSeconds(10),
                    "How long until sockets that the vault refused in a refill are offered again.")
            .needingRestart();
    static final Key<Integer> MOST_QUEUED = Key.of(
                    "vault-most-queued",
                    Numbers.count(1, 100_000),
                    1_024,
                    "Sockets whose transfer waits because the vault is busy or away; each may take a descriptor.")
            .needingRestart();
    static final Key<Integer> SYSTEMD_SOCKETS = Key.of(
                    "systemd-sockets",
                    Numbers.count(1, 4_096),
                    256,
                    "The most sockets in systemd's fd store, whose cost grows with what it holds. The unit's"
                            + " FileDescriptorStoreMax= must not be below.")
            .needingRestart();

    static final Section SECTION = new Section(
            "custody",
            false,
            "How patient the broker is with who else holds its descriptors.",
            List.of(ANSWER_TIMEOUT, OUTAGE_LIMIT, REFILL_PAUSE, MOST_QUEUED, SYSTEMD_SOCKETS));

    static CustodySettings of(Values values) {
        return new CustodySettings(
                values.get(ANSWER_TIMEOUT),
                values.get(OUTAGE_LIMIT),
                values.get(REFILL_PAUSE),
                values.get(MOST_QUEUED),
                values.get(SYSTEMD_SOCKETS));
    }
}
