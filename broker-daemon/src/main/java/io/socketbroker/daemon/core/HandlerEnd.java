package io.socketbroker.daemon.core;

/** How a handler, or a session, ended. */
public enum HandlerEnd {
    SUCCEEDED,
    FAILED,
    /** A former broker started it, and only a parent is told of a status. */
    UNKNOWN;

    /** What a status says. */
    public static HandlerEnd of(boolean success) {
        return success ? SUCCEEDED : FAILED;
    }
}
