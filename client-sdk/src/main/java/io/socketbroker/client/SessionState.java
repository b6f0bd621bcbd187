package io.socketbroker.client;

/** Where a session is in its life. */
public enum SessionState {
    /** The first connection is being made; {@link BrokerClient#attach} has not returned. */
    ATTACHING,
    /** Sockets may come. */
    ATTACHED,
    /** The connection was lost, or a new one failed: it is tried again by itself, later each time. */
    RECONNECTING,
    /** For good: closed, drained, or the first connection failed. */
    CLOSED
}
