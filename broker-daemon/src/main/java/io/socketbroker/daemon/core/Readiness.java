package io.socketbroker.daemon.core;

import io.socketbroker.v1.CloseCause;

/** What a look at a watched socket found, after epoll reported it. */
public sealed interface Readiness {
    /**
     * Something can be read.
     *
     * @param bytesAvailable FIONREAD
     * @param peerClosed the end of the stream follows
     */
    record Data(int bytesAvailable, boolean peerClosed) implements Readiness {}

    /** A listener has a connection. */
    record Connection() implements Readiness {}

    /**
     * The connection ended and nothing is left to read.
     *
     * @param cause why
     * @param errorNumber errno, or 0
     */
    record Ended(CloseCause cause, int errorNumber) implements Readiness {}

    /** Nothing is there after all. */
    record Nothing() implements Readiness {}
}
