package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.CloseCause;
import java.util.Optional;

/** What a look at a watched socket found, after epoll reported it. */
public sealed interface Readiness {
    /**
     * Something can be read.
     *
     * @param bytesAvailable FIONREAD
     * @param peerClosed the end of the stream follows
     * @param head the first bytes, as many as were asked for
     * @param source of the first datagram, if that was asked for
     */
    record Data(int bytesAvailable, boolean peerClosed, ByteString head, Optional<Endpoint> source)
            implements Readiness {
        /** Of a socket that wakes a handler on anything. */
        public Data(int bytesAvailable, boolean peerClosed) {
            this(bytesAvailable, peerClosed, ByteString.EMPTY, Optional.empty());
        }

        /** As if more could come. */
        Data open() {
            return new Data(bytesAvailable, false, head, source);
        }
    }

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
