package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.Acceptance;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.Held;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections of parked listeners. On the conductor thread. */
final class Acceptor {
    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    private final Brokerage brokerage;
    private final DescriptorTable descriptors;
    private final SocketInspector inspector;
    private final Custody custody;

    Acceptor(Brokerage brokerage, DescriptorTable descriptors, SocketInspector inspector, Custody custody) {
        this.brokerage = brokerage;
        this.descriptors = descriptors;
        this.inspector = inspector;
        this.custody = custody;
    }

    /** Until the backlog is empty or as many as allowed are accepted. */
    void accept(Slot listener, int atMost) {
        Acceptance outcome = Acceptance.MORE_WAITING;
        try {
            // A connection that went away again must not block the conductor. The flag is put back when the listener
            // leaves.
            DescriptorFlags.setNonBlocking(descriptors.at(listener), true);
            for (int i = 0; i < atMost; i++) {
                Optional<OwnedFd> accepted = Sockets.accept(descriptors.at(listener), false);
                if (accepted.isEmpty()) {
                    outcome = Acceptance.BACKLOG_EMPTY;
                    break;
                }
                admit(listener, accepted.get());
            }
        } catch (LinuxException e) {
            log.warn("a listener accepts no connection for now: {}", e.getMessage());
            outcome = Acceptance.NO_DESCRIPTORS;
        }
        brokerage.activity().acceptingDone(listener, outcome);
    }

    private void admit(Slot listener, OwnedFd connection) {
        FailPoint.ACCEPT_TAKEN.pass();
        Candidate candidate;
        try {
            candidate = inspector.inspect(connection.fd(), "connection");
        } catch (BrokerRefusal | LinuxException e) {
            // Reset between its arrival and now, most likely.
            log.debug("an accepted connection is gone: {}", e.getMessage());
            connection.close();
            return;
        }
        brokerage
                .activity()
                .accepted(listener, candidate)
                .ifPresentOrElse(slot -> keep(slot, candidate.cookie(), connection), connection::close);
    }

    /** Nobody was promised anything yet: without custody the connection is served all the same. */
    private void keep(Slot slot, long cookie, OwnedFd connection) {
        Fd bound = descriptors.bind(slot, connection);
        custody.put(List.of(new Held(slot, cookie, bound))).whenComplete((_, failure) -> {
            if (failure != null) {
                log.debug("an accepted connection is with the broker alone: {}", failure.getMessage());
                custody.drop(slot, cookie);
            }
        });
        FailPoint.ACCEPT_PUT.pass();
    }
}
