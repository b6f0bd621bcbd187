package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.HeldLease;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Running programs that are attached to tasks: their stream, their connection and their credit. */
public final class Sessions {
    /** How long after its start a broker keeps the leases of sessions that its former had. */
    private static final long RESUME_NANOS = 15_000_000_000L;

    private final BrokerState state;
    private final Dispatcher dispatcher;
    private final Leases leases;
    private final Tasks tasks;
    private final Map<SessionName, Session> attached = new HashMap<>();

    /** Connections that said Hello before their stream came. */
    private final Map<SessionName, Long> waitingConnections = new HashMap<>();

    private final Map<Long, SessionName> byConnection = new HashMap<>();

    /** Sessions of the former broker, which may attach again. */
    private final Map<SessionName, Session> former = new HashMap<>();

    Sessions(BrokerState state, Dispatcher dispatcher, Leases leases, Tasks tasks) {
        this.state = state;
        this.dispatcher = dispatcher;
        this.leases = leases;
        this.tasks = tasks;
    }

    SessionName attach(Caller caller, TaskName taskName, ByteString id, int credit, List<HeldLease> held) {
        SessionName name = name(caller, id, "start.session_id");
        TaskEntry task = tasks.require(taskName, "start.task");
        if (credit < 1 || credit > Session.MOST_CREDIT) {
            throw ItemRules.invalid("start.credit", "must be 1 to " + Session.MOST_CREDIT);
        }
        if (attached.containsKey(name)) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD, "start.session_id", "is attached already; use another");
        }
        if (held.size() > Session.MOST_CREDIT) {
            throw ItemRules.invalid("start.held", "has more than " + Session.MOST_CREDIT + " leases");
        }
        requireRoom(caller);
        Session session = new Session(name, caller.pid(), task, credit);
        attached.put(name, session);
        task.sessions.add(session);
        resume(session, held);
        Long waiting = waitingConnections.remove(name);
        if (waiting != null) {
            connected(session, waiting);
        } else {
            state.timers.schedule(state.nowNanos + state.limits.claimTimeout().toNanos(), () -> {
                if (attached.get(name) == session && session.connection.isEmpty()) {
                    end(
                            session,
                            new BrokerRefusal(
                                    ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN,
                                    "start.session_id",
                                    "no Hello with that id came on fd.sock in time"));
                }
            });
        }
        return name;
    }

    private void requireRoom(Caller caller) {
        long ofUid = attached.keySet().stream()
                .filter(other -> other.uid() == caller.uid())
                .count();
        if (ofUid >= state.limits.sessionsPerUid()) {
            throw BrokerRefusal.limit(
                    "sessions-per-uid",
                    state.limits.sessionsPerUid(),
                    "uid " + Integer.toUnsignedString(caller.uid()),
                    "detach some");
        }
    }

    /** See Hello on fd.sock. A connection whose stream does not come in time is closed. */
    public void hello(Caller caller, ByteString id, long connection) {
        SessionName name = name(caller, id, "hello.session_id");
        Session session = attached.get(name);
        if (byConnection.containsKey(connection)
                || waitingConnections.containsKey(name)
                || (session != null && session.connection.isPresent())) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD,
                    "hello.session_id",
                    "a connection has one session, and a session one connection");
        }
        byConnection.put(connection, name);
        if (session != null) {
            connected(session, connection);
        } else {
            waitingConnections.put(name, connection);
            state.timers.schedule(state.nowNanos + state.limits.claimTimeout().toNanos(), () -> {
                if (waitingConnections.remove(name, connection)) {
                    byConnection.remove(connection);
                    state.effect(new Effect.Disconnect(connection));
                }
            });
        }
    }

    /** What a session of the former broker has, until a program says that it has it still, or too much time has passed. */
    void await(Activation activation, SessionName name) {
        Session session = former.computeIfAbsent(name, _ -> {
            Session lost = new Session(name, activation.pid, activation.task, 0);
            state.timers.schedule(state.nowNanos + RESUME_NANOS, () -> forgetFormer(lost));
            return lost;
        });
        activation.session = session;
        session.activations.add(activation);
    }

    private void forgetFormer(Session lost) {
        former.remove(lost.name);
        List.copyOf(lost.activations).forEach(leases::sessionEnded);
    }

    private void resume(Session session, List<HeldLease> held) {
        Set<Lease> resumed = new HashSet<>();
        for (HeldLease one : held) {
            Token.of(one.getToken())
                    .map(state.activationTokens::get)
                    .filter(activation -> isOf(activation, session))
                    .flatMap(activation -> activation.leaseOf(one.getKey().getSocketId()))
                    .filter(lease -> !lease.ended && lease.handedOver && lease.generation == one.getGeneration())
                    .ifPresent(lease -> {
                        join(session, lease.activation);
                        session.resumed.add(one);
                        resumed.add(lease);
                        state.changed(lease.socket);
                    });
        }
        // What the program does not have any more, nobody works on.
        for (Activation activation : List.copyOf(session.activations)) {
            activation.leases.stream()
                    .filter(lease -> !lease.ended && !resumed.contains(lease))
                    .toList()
                    .forEach(lease -> leases.applyPolicy(lease, HandlerEnd.FAILED, "its session has lost it"));
        }
    }

    private boolean isOf(Activation activation, Session session) {
        Session holder = activation.session;
        return activation.task == session.task
                && holder != null
                && (holder == session || (former.containsValue(holder) && holder.name.uid() == session.name.uid()));
    }

    private static void join(Session session, Activation activation) {
        Session holder = activation.session;
        if (holder != null && holder != session) {
            holder.activations.remove(activation);
            activation.session = session;
            activation.pid = session.pid;
            session.activations.add(activation);
        }
    }

    private void connected(Session session, long connection) {
        session.connection = Optional.of(connection);
        state.effect(new Effect.SessionStarted(session.name, session.resumed));
        dispatcher.moreCapacity(session.task);
    }

    /** See AttachCredit; a session that has ended is ignored. */
    public void addCredit(SessionName name, int more) {
        Session session = attached.get(name);
        if (session == null) {
            return;
        }
        if (more < 1 || more > Session.MOST_CREDIT - session.credit) {
            throw ItemRules.invalid(
                    "credit.activations",
                    "must be 1 to " + (Session.MOST_CREDIT - session.credit) + ": the sum is at most "
                            + Session.MOST_CREDIT);
        }
        session.credit += more;
        dispatcher.moreCapacity(session.task);
    }

    /** See AttachDrain; a session that has ended is ignored. */
    public void drain(SessionName name) {
        Session session = attached.get(name);
        if (session != null) {
            session.draining = true;
        }
    }

    /** The stream has ended; whatever the session has returns at once. */
    public void detach(SessionName name) {
        Session session = attached.get(name);
        if (session != null) {
            end(session, null);
        }
    }

    /** The connection has ended, and the session with it. */
    void disconnected(long connection) {
        SessionName name = byConnection.remove(connection);
        if (name == null) {
            return;
        }
        waitingConnections.remove(name, connection);
        Session session = attached.get(name);
        if (session != null) {
            end(
                    session,
                    new BrokerRefusal(
                            ErrorReason.ERROR_REASON_STOPPING,
                            "",
                            "the session's connection to fd.sock has ended; attach again"));
        }
    }

    /** The task is gone, and nothing can come for its sessions any more. */
    void taskUnregistered(TaskEntry task) {
        former.values().stream().filter(lost -> lost.task == task).toList().forEach(this::forgetFormer);
        for (Session session : List.copyOf(task.sessions)) {
            end(
                    session,
                    new BrokerRefusal(
                            ErrorReason.ERROR_REASON_TASK_UNKNOWN,
                            "start.task",
                            "task " + task.name + " was unregistered"));
        }
    }

    private void end(Session session, @Nullable BrokerRefusal why) {
        attached.remove(session.name);
        session.task.sessions.remove(session);
        // Both end together; if the connection ended first, it is not known any more.
        session.connection
                .filter(connection -> byConnection.remove(connection) != null)
                .ifPresent(connection -> state.effect(new Effect.Disconnect(connection)));
        for (Activation activation : List.copyOf(session.activations)) {
            leases.sessionEnded(activation);
        }
        state.effect(new Effect.SessionEnded(
                session.name,
                why != null ? why : new BrokerRefusal(ErrorReason.ERROR_REASON_STOPPING, "", "the session has ended")));
    }

    static SessionName name(Caller caller, ByteString id, String field) {
        if (id.size() != Token.BYTES) {
            throw ItemRules.invalid(field, "must have " + Token.BYTES + " bytes");
        }
        return new SessionName(caller.uid(), id);
    }
}
