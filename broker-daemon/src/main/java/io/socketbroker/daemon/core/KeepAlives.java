package io.socketbroker.daemon.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.function.BiConsumer;

/**
 * The keep-alive of parked sockets: at each interval the broker sends the probe, or wakes a handler if there is none or if
 * it was not answered.
 */
final class KeepAlives {
    private static final long LONGEST_DEFAULT_REPLY_NANOS = 30_000_000_000L;

    private final BrokerState state;
    private BiConsumer<SocketEntry, TriggerDetails> onExpired = (_, _) -> {};

    KeepAlives(BrokerState state) {
        this.state = state;
    }

    /** Who wakes a handler because the keep-alive time of a parked socket ran out. */
    void onExpired(BiConsumer<SocketEntry, TriggerDetails> listener) {
        onExpired = listener;
    }

    /** From its parking, or from the last exchange with the peer. */
    void start(SocketEntry socket) {
        if (Parking.intervalNanos(socket.keepAlive) > 0) {
            long nanos = state.intervals.intervalNanos(socket);
            if (socket.keepAlive.getAdaptive()) {
                socket.quiet().adaptedNanos = nanos;
            }
            socket.timer = state.timers.schedule(state.nowNanos + nanos, () -> intervalOver(socket));
        }
    }

    /** At this time for once. */
    void startAt(SocketEntry socket, long deadlineNanos) {
        socket.timer = state.timers.schedule(deadlineNanos, () -> intervalOver(socket));
    }

    private void restart(SocketEntry socket) {
        state.timers.cancel(socket.timer);
        socket.timer = null;
        start(socket);
    }

    private void intervalOver(SocketEntry socket) {
        socket.timer = null;
        if (socket.keepAlive.getProbe().isEmpty()) {
            expired(socket);
        } else {
            state.effect(new Effect.Probe(socket.slot(), socket.generation, socket.keepAlive.getProbe()));
        }
    }

    private void expired(SocketEntry socket) {
        onExpired.accept(
                socket,
                TriggerDetails.newBuilder()
                        .setReason(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED)
                        .build());
    }

    /** What became of a probe. */
    void probed(SocketEntry socket, SendOutcome outcome) {
        switch (outcome) {
            case SENT -> sent(socket);
            case BUSY -> lost(socket);
            // Its end is reported by epoll, with the cause.
            case FAILED -> start(socket);
        }
    }

    private void sent(SocketEntry socket) {
        Quiet quiet = socket.quiet();
        quiet.probesSent++;
        KeepAlive keepAlive = socket.keepAlive;
        if (keepAlive.getExpectedRepliesCount() == 0) {
            // That the former probe was acknowledged is all that can be known.
            if (quiet.probesSent > 1) {
                state.intervals.held(socket, state.nowNanos);
            }
            start(socket);
            return;
        }
        quiet.awaitsReply = true;
        long waitNanos = keepAlive.hasReplyTimeout()
                ? Durations.toNanos(keepAlive.getReplyTimeout())
                : Math.min(LONGEST_DEFAULT_REPLY_NANOS, Parking.intervalNanos(keepAlive));
        socket.timer = state.timers.schedule(state.nowNanos + waitNanos, () -> {
            socket.timer = null;
            lost(socket);
        });
    }

    private void lost(SocketEntry socket) {
        socket.quiet().awaitsReply = false;
        state.intervals.lost(socket, state.nowNanos);
        expired(socket);
    }

    /** The peer answered the probe, or its request was answered: it is there. */
    void alive(SocketEntry socket) {
        Quiet quiet = socket.quiet();
        if (quiet.awaitsReply) {
            quiet.awaitsReply = false;
            state.intervals.held(socket, state.nowNanos);
        }
        if (socket.is(SocketState.SOCKET_STATE_PARKED)) {
            restart(socket);
        }
    }

    /** The connection ended while it was parked. */
    void ended(SocketEntry socket, boolean byTimeoutOrReset) {
        if (byTimeoutOrReset) {
            state.intervals.lost(socket, state.nowNanos);
        }
    }
}
