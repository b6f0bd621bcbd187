package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.daemon.core.Recovery;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.custody.Recovered;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.SocketKind;
import java.util.List;
import java.util.Optional;

/**
 * What sockets are that custody has and the journal has not. The journal hears of a socket right after custody, and of its
 * end right after custody has dropped it, so the former broker died in between. Before the conductor's thread runs.
 */
final class Strays {
    private final List<Recovery.Kept> listeners;
    private final boolean hasRecords;

    /**
     * With what was restored.
     *
     * @param hasRecords the store is the one of the broker that put the sockets into custody
     */
    Strays(List<Recovery.Kept> kept, boolean hasRecords) {
        listeners = kept.stream()
                .filter(one -> one.stored().getKind() == SocketKind.SOCKET_KIND_LISTENER)
                .filter(one -> one.stored().getOptions().getAcceptMode() != AcceptMode.ACCEPT_MODE_LISTENER)
                .toList();
        this.hasRecords = hasRecords;
    }

    /** Whose it is. */
    sealed interface Verdict {
        /** The broker had just accepted it: nobody else has it. */
        record Accepted(Slot listener) implements Verdict {}

        /** Its giver was never told that the broker has it. */
        record OfGiver() implements Verdict {}

        /** The records are lost, so nobody knows. */
        record Unknown() implements Verdict {}
    }

    /** A connection to be taken as if it had just been accepted. */
    record Arrival(Slot listener, Recovered socket, Candidate candidate) {}

    Verdict judge(Candidate candidate) {
        if (!hasRecords) {
            return new Verdict.Unknown();
        }
        return listeners.stream()
                .filter(listener -> isFrom(listener, candidate))
                .<Verdict>map(listener -> new Verdict.Accepted(listener.slot()))
                .findFirst()
                .orElseGet(Verdict.OfGiver::new);
    }

    private static boolean isFrom(Recovery.Kept listener, Candidate connection) {
        if (connection.kind() == SocketKind.SOCKET_KIND_LISTENER) {
            return false;
        }
        Optional<Endpoint> bound = listener.local();
        Optional<Endpoint> local = connection.local();
        if (bound.isPresent()
                && bound.get() instanceof Endpoint.Inet wide
                && local.isPresent()
                && local.get() instanceof Endpoint.Inet one) {
            return wide.port() == one.port()
                    && (wide.address().isAnyLocalAddress() || wide.address().equals(one.address()));
        }
        return bound.isPresent() && bound.equals(local);
    }
}
