package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.v1.HeldLease;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The gRPC streams of attached sessions. On the conductor thread. */
final class SessionStreams {
    private final Map<SessionName, SessionStream> streams = new HashMap<>();

    void add(SessionName session, SessionStream stream) {
        streams.put(session, stream);
    }

    void started(SessionName session, List<HeldLease> resumed) {
        SessionStream stream = streams.get(session);
        if (stream != null) {
            stream.started(resumed);
        }
    }

    void revoked(SessionName session, long activationId, SocketName socket, String message) {
        SessionStream stream = streams.get(session);
        if (stream != null) {
            stream.revoked(activationId, socket, message);
        }
    }

    void ended(SessionName session, BrokerRefusal why) {
        SessionStream stream = streams.remove(session);
        if (stream != null) {
            stream.ended(why);
        }
    }
}
