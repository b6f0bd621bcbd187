package io.socketbroker.client;

import java.util.Optional;

/** Is told how a session is. Called on threads of the session, one call at a time and in order; must not block. */
@FunctionalInterface
public interface SessionListener {

    /** Does nothing. */
    SessionListener NONE = (_, _) -> {};

    /**
     * The state changed, or an attempt to reconnect failed.
     *
     * @param state the new state
     * @param cause with RECONNECTING, and CLOSED after a failed first connection: why
     */
    void changed(SessionState state, Optional<BrokerException> cause);
}
