package io.socketbroker.client;

/** Where one activated socket ends its lease: a launched handler's, or a session's. Any thread. */
interface SocketLease {

    /**
     * Ends the lease of the socket by the given talk with the broker, once. If that fails, the lease goes on and can be
     * ended again.
     */
    void end(ActivatedSocket socket, Runnable talk);

    /** Tells the broker, and waits for its answer. */
    void complete(LeaseEnd end);

    /** Gives a socket back that the broker has let go. */
    void transferBack(ActivatedSocket socket, LeaseEnd end);

    /** Waits until the socket may go back to the broker; within the bounds of a connect. */
    default void awaitReturn() {}

    /** Throws if the broker ended the lease by itself. */
    default void requireNotRevoked() {}

    /** Whether the broker ended the lease by itself. */
    default boolean isRevoked() {
        return false;
    }

    /** Calls the action once if the broker ends the lease by itself. */
    default void onRevoked(Runnable action) {}
}
