package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.v1.HeldLease;
import java.util.List;

/** What a session is told on its gRPC stream. Called on the conductor thread, so nothing may block. */
public interface SessionStream {
    /** Stream and connection have met: deliveries may come, and these leases go on. */
    void started(List<HeldLease> resumed);

    /** A lease is over, and not by the session's own word. */
    void revoked(long activationId, SocketName socket, String message);

    /** The last call. */
    void ended(BrokerRefusal why);
}
