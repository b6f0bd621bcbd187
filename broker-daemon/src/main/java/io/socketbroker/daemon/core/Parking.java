package io.socketbroker.daemon.core;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;

/** How a socket comes to rest with the broker, and how it leaves for good. */
final class Parking {
    private final BrokerState state;
    private final KeepAlives keepAlives;
    private final Connections connections;

    Parking(BrokerState state, KeepAlives keepAlives, Connections connections) {
        this.state = state;
        this.keepAlives = keepAlives;
        this.connections = connections;
    }

    /** Parks and watches, or orphans if the task is gone. A socket whose end was delivered is closed instead. */
    void park(SocketEntry socket, String why) {
        if (socket.endDelivered) {
            close(socket, true, "its end was delivered");
            return;
        }
        connections.leaveLine(socket);
        socket.lease = null;
        socket.claim = null;
        socket.trigger = null;
        socket.parkedAt(state.wallTime);
        socket.generation = state.newGeneration();
        state.changed(socket);
        stopTimer(socket);
        if (!state.tasks.containsKey(socket.task)) {
            socket.state = SocketState.SOCKET_STATE_ORPHANED;
            state.emit(EventType.EVENT_TYPE_SOCKET_ORPHANED, socket, "task " + socket.task + " is not registered");
            return;
        }
        socket.state = SocketState.SOCKET_STATE_PARKED;
        startTimers(socket);
        watch(socket);
        if (!why.isEmpty()) {
            state.emit(EventType.EVENT_TYPE_SOCKET_PARKED, socket, why);
        }
    }

    /** Anything that comes is looked at. */
    void watch(SocketEntry socket) {
        if (socket.quiet != null) {
            socket.quiet.heldBytes = 0;
            socket.quiet.impatient = false;
            state.timers.cancel(socket.quiet.patience);
            socket.quiet.patience = null;
        }
        int minBytes = socket.kind == SocketKind.SOCKET_KIND_STREAM
                ? socket.options.getWakeFilter().getMinBytes()
                : 0;
        watch(socket, Math.max(1, minBytes));
    }

    /** Nothing is looked at before so many bytes are unread. */
    void watch(SocketEntry socket, int atLeastBytes) {
        socket.watched = true;
        socket.tuned |= atLeastBytes > 1;
        state.effect(new Effect.Watch(
                socket.slot(),
                socket.generation,
                atLeastBytes,
                socket.kind == SocketKind.SOCKET_KIND_STREAM && socket.isTcp()));
    }

    void unwatch(SocketEntry socket) {
        settle(socket);
        if (socket.watched) {
            socket.watched = false;
            state.effect(new Effect.Unwatch(socket.slot()));
        }
    }

    /** The open socket is as its owner left it. */
    void settle(SocketEntry socket) {
        if (socket.tuned) {
            socket.tuned = false;
            state.effect(new Effect.Settle(socket.slot()));
        }
    }

    /** Another keep-alive, or other options, for a socket wherever it is. */
    void change(SocketEntry socket, KeepAlive keepAlive, SocketOptions options) {
        socket.keepAlive = keepAlive;
        socket.options = options;
        listenToNetwork(socket);
        if (socket.is(SocketState.SOCKET_STATE_PARKED) && !socket.awaitsFirstBytes()) {
            stopTimer(socket);
            startTimers(socket);
            settle(socket);
            watch(socket);
        }
    }

    /** Keeps the list of those who ask for NETWORK_CHANGED. */
    void listenToNetwork(SocketEntry socket) {
        if (socket.options.getNotifyNetworkChanged()) {
            state.networkListeners.add(socket);
        } else {
            state.networkListeners.remove(socket);
        }
    }

    /** Keep-alive, and expiry for want of activity. */
    void startTimers(SocketEntry socket) {
        keepAlives.start(socket);
        if (socket.options.hasExpiresAfter()) {
            expireAfter(
                    socket,
                    Durations.toNanos(socket.options.getExpiresAfter()),
                    "nothing happened on it for " + Durations.toString(socket.options.getExpiresAfter()));
        }
    }

    /** The keep-alive of a socket that was parked before this broker began. */
    void shortenKeepAlive(SocketEntry socket, long deadlineNanos) {
        if (socket.timer != null && deadlineNanos < socket.timer.deadlineNanos()) {
            state.timers.cancel(socket.timer);
            keepAlives.startAt(socket, Math.max(deadlineNanos, state.nowNanos));
        }
    }

    /** Lets go of a socket that nobody asks for, without touching the connection. */
    void releaseAfter(SocketEntry socket, Duration grace) {
        stopTimer(socket);
        socket.quiet().expiry = state.timers.schedule(
                state.nowNanos + Durations.toNanos(grace), () -> release(socket, "nobody: it was unknown"));
    }

    private void expireAfter(SocketEntry socket, long nanos, String why) {
        socket.quiet().expiry =
                state.timers.schedule(state.nowNanos + nanos, () -> close(socket, true, "expired: " + why));
    }

    /** Parks a connection that has to send something before it wakes anybody. */
    void parkSilent(SocketEntry connection, TaskEntry task, Duration timeout) {
        connection.state = SocketState.SOCKET_STATE_PARKED;
        state.changed(connection);
        connection.quiet().awaitsFirstBytes = true;
        task.silent++;
        connection.quiet().expiry = state.timers.schedule(
                state.nowNanos + Durations.toNanos(timeout),
                () -> refuse(connection, "it sent nothing that wakes a handler for " + Durations.toString(timeout)));
        watch(connection);
    }

    /** Closes a connection that no handler has seen. */
    void refuse(SocketEntry connection, String why) {
        remove(connection, true);
        state.emit(EventType.EVENT_TYPE_CONNECTION_REFUSED, connection, why);
    }

    /** It has sent what it had to. */
    void spoke(SocketEntry connection) {
        if (connection.awaitsFirstBytes()) {
            connection.quiet().awaitsFirstBytes = false;
            if (connection.place != null) {
                connection.place.task.silent--;
            }
        }
    }

    /** See {@link Connections#leaveLine}. */
    void leaveLine(SocketEntry socket) {
        connections.leaveLine(socket);
    }

    /** All of its timers. */
    void stopTimer(SocketEntry socket) {
        state.timers.cancel(socket.timer);
        socket.timer = null;
        Quiet quiet = socket.quiet;
        if (quiet != null) {
            state.timers.cancel(quiet.expiry);
            state.timers.cancel(quiet.patience);
            quiet.expiry = null;
            quiet.patience = null;
            quiet.awaitsReply = false;
        }
    }

    static long intervalNanos(KeepAlive keepAlive) {
        return Durations.toNanos(keepAlive.getInterval());
    }

    /** Ends the lease of a socket that somebody else takes away from its handler; a session is told. */
    void revoke(SocketEntry socket, String why) {
        Lease lease = socket.lease;
        if (lease != null) {
            if (lease.activation.session != null) {
                state.effect(new Effect.Revoke(lease.activation.session.name, lease.activation.id, socket.name, why));
            }
            state.leaseEnded(lease);
        }
    }

    /** The broker lets go without touching the connection: somebody else has it. */
    void release(SocketEntry socket, String to) {
        remove(socket, false);
        state.emit(EventType.EVENT_TYPE_SOCKET_RELEASED, socket, to);
    }

    /** The end of the socket, whoever has a duplicate. */
    void close(SocketEntry socket, boolean shutdown, String why) {
        remove(socket, shutdown);
        state.emit(EventType.EVENT_TYPE_SOCKET_CLOSED, socket, why);
    }

    private void remove(SocketEntry socket, boolean shutdown) {
        unwatch(socket);
        stopTimer(socket);
        spoke(socket);
        connections.remove(socket);
        state.networkListeners.remove(socket);
        socket.lease = null;
        socket.claim = null;
        state.sockets.remove(socket);
        state.effect(new Effect.Close(socket.slot(), shutdown));
        state.changed(socket);
    }
}
