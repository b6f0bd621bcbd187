package io.socketbroker.daemon.core;

import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketState;

/** Another attempt after a failed one: later each time, and apart from the others once a socket has failed too often. */
final class Retries {
    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;

    Retries(BrokerState state, Parking parking, Dispatcher dispatcher) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
    }

    /**
     * Puts the same activation back in the queue after a delay that doubles with each failure, plus jitter. A socket that
     * fails time after time is QUARANTINED meanwhile: its owner can see, reclaim and close it, and it comes back by itself.
     */
    void retryLater(Lease failed, String why) {
        SocketEntry socket = failed.socket;
        socket.failedAttempts++;
        long first = state.limits.firstRetryDelay().toNanos();
        long longest = state.limits.longestRetryDelay().toNanos();
        long delay = Math.min(longest, first << Math.min(socket.failedAttempts - 1, 20));
        long jittered = delay / 2 + state.random.nextLong(delay / 2 + 1);
        boolean quarantine = socket.failedAttempts % state.limits.quarantineAfter() == 0;
        if (quarantine) {
            jittered = state.limits.quarantine().toNanos();
        }
        retryAfter(failed, jittered);
        if (socket.is(SocketState.SOCKET_STATE_QUEUED) && quarantine) {
            socket.state = SocketState.SOCKET_STATE_QUARANTINED;
        }
        state.emit(
                quarantine ? EventType.EVENT_TYPE_SOCKET_QUARANTINED : EventType.EVENT_TYPE_HANDLER_FAILED,
                socket,
                failed.activation,
                null,
                why + "; attempt " + (socket.failedAttempts + 1) + " in " + jittered / 1_000_000 + " ms");
    }

    /** At once, and not counted as a failure: the handler never had the socket. */
    void retryNow(Lease undelivered) {
        retryAfter(undelivered, 0);
    }

    private void retryAfter(Lease lease, long delayNanos) {
        SocketEntry socket = lease.socket;
        state.leaseEnded(lease);
        parking.stopTimer(socket);
        socket.generation = state.newGeneration();
        state.changed(socket);
        socket.trigger = lease.trigger;
        // The next attempt is told of the end again.
        socket.endDelivered = false;
        if (!state.tasks.containsKey(socket.task)) {
            parking.unwatch(socket);
            parking.park(socket, "");
        } else if (delayNanos == 0) {
            dispatcher.enqueue(socket);
        } else {
            socket.state = SocketState.SOCKET_STATE_QUEUED;
            socket.timer = state.timers.schedule(state.nowNanos + delayNanos, () -> {
                socket.timer = null;
                dispatcher.enqueue(socket);
            });
        }
    }
}
