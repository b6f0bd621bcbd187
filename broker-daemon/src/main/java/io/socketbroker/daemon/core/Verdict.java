package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;

/** What unread bytes of a parked socket lead to. */
sealed interface Verdict {
    /** A handler gets the socket. */
    record Wake() implements Verdict {}

    /** The connection ends. */
    record Close(String why) implements Verdict {}

    /**
     * Nothing, until there is more.
     *
     * @param atLeastBytes unread bytes that the next look is for
     * @param briefly what is there may be the start of bytes that the broker deals with itself, which come soon or never
     */
    record Await(int atLeastBytes, boolean briefly) implements Verdict {}

    /** What is there is exactly a known request: the broker answers and consumes it. */
    record Answer(ByteString response, int requestBytes) implements Verdict {}

    /** What is there is exactly an expected reply to a probe: the broker consumes it. */
    record Reply(int bytes) implements Verdict {}

    /** A datagram from a source that wakes nobody: it is dropped. */
    record Discard() implements Verdict {}
}
