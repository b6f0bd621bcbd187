package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.v1.TaskKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The open sessions of one client, which end before it. Thread-safe by its lock. */
final class Sessions {

    private final RuntimeDirectory directory;
    private final GrpcConnection grpc;
    private final ClientTimeouts timeouts;
    // Both guarded by this.
    private final Set<Session> open = new HashSet<>();
    private boolean closed;

    Sessions(RuntimeDirectory directory, GrpcConnection grpc, ClientTimeouts timeouts) {
        this.directory = directory;
        this.grpc = grpc;
        this.timeouts = timeouts;
    }

    Session attach(TaskKey task, SessionOptions options, SocketHandler handler, CreditLedger credits) {
        var parts = new SessionLink.Parts(
                directory,
                grpc,
                timeouts,
                task,
                credits,
                new HandlerRunner(new HandlerCall(handler, options.executor())));
        var session = new Session(parts, options);
        synchronized (this) {
            if (closed) {
                throw new BrokerException(Code.CANCELLED, "the client is closed");
            }
            open.removeIf(other -> other.state() == SessionState.CLOSED);
            open.add(session);
        }
        session.start();
        return session;
    }

    /** Ends all, with the client's bound for running handlers. */
    void close() {
        List<Session> sessions;
        synchronized (this) {
            closed = true;
            sessions = List.copyOf(open);
            open.clear();
        }
        for (var session : sessions) {
            var _ = session.drain();
        }
        long end = System.nanoTime() + timeouts.close().toNanos();
        sessions.forEach(session -> session.close(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
    }
}
