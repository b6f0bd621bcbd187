package io.socketbroker.daemon.journal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Whether the store can be written. The journal thread tells, any thread asks. */
final class Health {
    private volatile Optional<Trouble> trouble = Optional.empty();
    private volatile int waiting;

    private record Trouble(String reason, Instant since) {}

    void failed(String reason, Instant now) {
        Instant since = trouble.map(Trouble::since).orElse(now.truncatedTo(ChronoUnit.SECONDS));
        trouble = Optional.of(new Trouble(reason, since));
    }

    void recovered() {
        trouble = Optional.empty();
    }

    /** Changes that are kept in memory meanwhile. */
    void waiting(int changes) {
        waiting = changes;
    }

    boolean isTroubled() {
        return trouble.isPresent();
    }

    /** Without its history. */
    String reason() {
        return trouble.map(Trouble::reason).orElse("");
    }

    Optional<String> text() {
        return trouble.map(now -> "new tasks and sockets are refused since " + now.since() + ", because the store "
                + now.reason() + "; changes that wait in memory: " + waiting);
    }
}
