package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.SocketName;
import java.util.HashMap;
import java.util.Map;

/** The gRPC streams of attached sessions. On the conductor thread. */
final class SessionStreams {
    private final Map<SessionName, SessionStream> streams = new HashMap<>();

    void add(SessionName session, SessionStream stream) {
        streams.put(session, stream);
    }

    void started(SessionName session) {
        SessionStream stream = streams.get(session);
        if (stream != null) {
            stream.started();
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
