package io.socketbroker.daemon.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.function.BiConsumer;

/** How a socket comes to rest with the broker, and how it leaves for good. */
final class Parking {
    private final BrokerState state;
    private BiConsumer<SocketEntry, TriggerDetails> onKeepAlive = (_, _) -> {};

    Parking(BrokerState state) {
        this.state = state;
    }

    /** Who is told that the keep-alive time of a parked socket ran out. */
    void onKeepAlive(BiConsumer<SocketEntry, TriggerDetails> listener) {
        onKeepAlive = listener;
    }

    /** Parks and watches, or orphans if the task is gone. A socket whose end was delivered is closed instead. */
    void park(SocketEntry socket, String why) {
        if (socket.endDelivered) {
            close(socket, true, "its end was delivered");
            return;
        }
        socket.lease = null;
        socket.claim = null;
        socket.trigger = null;
        socket.parkedAt = state.wallTime;
        socket.generation = state.newGeneration();
        stopTimer(socket);
        if (!state.tasks.containsKey(socket.task)) {
            socket.state = SocketState.SOCKET_STATE_ORPHANED;
            state.emit(EventType.EVENT_TYPE_SOCKET_ORPHANED, socket, "task " + socket.task + " is not registered");
            return;
        }
        socket.state = SocketState.SOCKET_STATE_PARKED;
        startKeepAlive(socket);
        watch(socket);
        if (!why.isEmpty()) {
            state.emit(EventType.EVENT_TYPE_SOCKET_PARKED, socket, why);
        }
    }

    void watch(SocketEntry socket) {
        socket.watched = true;
        state.effect(new Effect.Watch(socket.slot, socket.generation));
    }

    void unwatch(SocketEntry socket) {
        if (socket.watched) {
            socket.watched = false;
            state.effect(new Effect.Unwatch(socket.slot));
        }
    }

    void startKeepAlive(SocketEntry socket) {
        long intervalNanos = intervalNanos(socket.keepAlive);
        if (intervalNanos > 0) {
            socket.timer = state.timers.schedule(state.nowNanos + intervalNanos, () -> {
                socket.timer = null;
                // Still armed, other than after a report: bytes that come now wait for the next time.
                unwatch(socket);
                onKeepAlive.accept(
                        socket,
                        TriggerDetails.newBuilder()
                                .setReason(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED)
                                .build());
            });
        }
    }

    void stopTimer(SocketEntry socket) {
        state.timers.cancel(socket.timer);
        socket.timer = null;
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
        socket.lease = null;
        socket.claim = null;
        state.sockets.remove(socket);
        state.effect(new Effect.Close(socket.slot, shutdown));
        state.effect(new Effect.Journal(new JournalEntry.SocketRemoved(socket.name)));
    }
}
