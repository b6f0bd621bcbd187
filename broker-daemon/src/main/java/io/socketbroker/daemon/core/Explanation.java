package io.socketbroker.daemon.core;

import java.time.Duration;
import java.time.Instant;

/** Says in words why a socket does or does not wake a handler now. */
final class Explanation {
    private final BrokerState state;

    Explanation(BrokerState state) {
        this.state = state;
    }

    String of(SocketEntry socket) {
        return switch (socket.state) {
            case SOCKET_STATE_DEPOSITED -> "It is being taken into custody and will be watched right after.";
            case SOCKET_STATE_PARKED -> parked(socket);
            case SOCKET_STATE_QUEUED -> queued(socket);
            case SOCKET_STATE_LEASED -> leased(socket);
            case SOCKET_STATE_RELEASING ->
                "It is on its way to "
                        + (socket.claim == null ? "a claimant" : "process " + socket.claim.pid)
                        + "; it is not watched meanwhile, and comes back if that is not acknowledged in time.";
            case SOCKET_STATE_ORPHANED ->
                "Task " + socket.task + " is not registered, so nothing can be woken; register it again.";
            case SOCKET_STATE_QUARANTINED ->
                "Its handler failed " + socket.failedAttempts + " times in a row; it is tried again " + in(socket)
                        + ", or reclaim or close it.";
            case SOCKET_STATE_LOST, SOCKET_STATE_UNSPECIFIED, UNRECOGNIZED -> "Its descriptor is gone.";
        };
    }

    private String parked(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (task != null && task.heldListeners.contains(socket)) {
            return "Connections wait in its backlog: " + limits(task) + ".";
        }
        String keepAlive = socket.timer == null ? "" : " Its keep-alive wakes a handler " + in(socket) + ".";
        return "It is watched, and nothing has happened on it since " + ago(socket.parkedAt) + "." + keepAlive;
    }

    private String queued(SocketEntry socket) {
        if (socket.timer != null) {
            return "Attempt " + socket.failedAttempts + " failed; the next one is " + in(socket) + ".";
        }
        TaskEntry task = state.tasks.get(socket.task);
        return "Something happened, and it waits for a handler: " + (task == null ? "its task is gone" : limits(task))
                + ".";
    }

    private String limits(TaskEntry task) {
        int most = task.spec.getLimits().getMaxConcurrency();
        String launches = !task.spec.hasExec()
                ? "the task has no command"
                : task.running >= most
                        ? "max_concurrency of the task is reached (" + task.running + " of " + most + " handlers run)"
                        : task.running + " of " + most + " handlers of the task run";
        String sessions = task.sessions.isEmpty()
                ? "no session is attached"
                : "none of its " + task.sessions.size() + " sessions has credit";
        return launches + ", and " + sessions;
    }

    private String leased(SocketEntry socket) {
        if (socket.lease == null) {
            return "A handler has it.";
        }
        Activation activation = socket.lease.activation;
        return "Activation " + activation.id + ", process " + activation.pid + ", has it since " + ago(activation.since)
                + "; it wakes nobody else until it is given back.";
    }

    private String in(SocketEntry socket) {
        if (socket.timer == null) {
            return "soon";
        }
        return "in " + Math.max(0, (socket.timer.deadlineNanos() - state.nowNanos) / 1_000_000) + " ms";
    }

    private String ago(Instant since) {
        return Duration.between(since, state.wallTime).toMillis() + " ms ago";
    }
}
