package io.socketbroker.client;

import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;

/**
 * Why a handler got a socket. Immutable.
 *
 * @param message the details themselves
 */
public record Trigger(TriggerDetails message) {

    /**
     * What happened. NETWORK_CHANGED comes only to sockets that ask for it, see {@link
     * ParkingOptions#withNetworkChanges}; UNRECOGNIZED is a reason of a newer broker.
     */
    public TriggerReason reason() {
        return message.getReason();
    }

    /** The peer will send no more; what is unread can still be read. */
    public boolean peerClosed() {
        return message.getPeerClosed();
    }

    /** 1 for the first attempt; more when former handlers failed. */
    public int attempt() {
        return message.getAttempt();
    }

    /** Unread bytes when the broker looked (FIONREAD of tcp(7), udp(7)); for a datagram socket those of the first one. */
    public int bytesAvailable() {
        return message.getBytesAvailable();
    }

    /** With SOCKET_CLOSED: why the connection ended; else UNSPECIFIED. */
    public CloseCause closeCause() {
        return message.getCloseCause();
    }

    /** With the cause ERROR: the socket's error, as errno(3); else 0. */
    public int errorNumber() {
        return message.getErrorNumber();
    }
}
