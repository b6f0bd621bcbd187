package io.socketbroker.daemon.core;

import io.socketbroker.daemon.time.Timers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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
        if (task != null && task.heldListeners.containsKey(socket)) {
            return "Connections wait in its backlog: " + task.heldListeners.get(socket) + ".";
        }
        if (socket.awaitsFirstBytes()) {
            return "It is a new connection that has not sent what wakes a handler; it is closed "
                    + in(socket.quiet().expiry) + " unless it does.";
        }
        return "It is watched, and nothing has woken a handler since " + ago(socket.parkedAt()) + "." + held(socket)
                + keepAlive(socket);
    }

    private static String held(SocketEntry socket) {
        int bytes = socket.quiet == null ? 0 : socket.quiet.heldBytes;
        return bytes == 0 ? "" : " Its rules hold " + bytes + " unread bytes back until there are more.";
    }

    private String keepAlive(SocketEntry socket) {
        if (socket.timer == null) {
            return "";
        }
        if (socket.quiet != null && socket.quiet.awaitsReply) {
            return " A probe was sent, and a handler is woken " + in(socket) + " unless a reply comes.";
        }
        return socket.keepAlive.getProbe().isEmpty()
                ? " Its keep-alive wakes a handler " + in(socket) + "."
                : " Its next probe is sent " + in(socket) + ".";
    }

    private String queued(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (socket.timer != null) {
            return socket.failedAttempts > 0
                    ? "Attempt " + socket.failedAttempts + " failed; the next one is " + in(socket) + "."
                    : "It waits because " + (socket.quiet == null ? "a rate is used up" : socket.quiet.heldByRate)
                            + "; its turn is " + in(socket) + ".";
        }
        if (task != null && !task.queue.contains(socket)) {
            return "It waits until another connection of its source ends: limit max_connections_per_source = "
                    + task.spec.getLimits().getMaxConnectionsPerSource() + " is reached" + Connections.user(socket)
                    + ".";
        }
        return "Something happened, and it waits for a handler: " + (task == null ? "its task is gone" : limits(task))
                + ".";
    }

    private String limits(TaskEntry task) {
        if (!task.conditions.unmet.isEmpty()) {
            return "the conditions of the task are unmet (" + task.conditions.unmet + ")";
        }
        if (task.rateTimer != null) {
            return task.heldByRate + ", and it goes on " + in(task.rateTimer);
        }
        if (!task.heldByHandlers.isEmpty()) {
            return task.heldByHandlers;
        }
        int most = task.spec.getLimits().getMaxConcurrency();
        String launches = !TaskEntry.launches(task.spec)
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
        return in(socket.timer);
    }

    private String in(Timers.@Nullable Timer timer) {
        return timer == null
                ? "soon"
                : "in " + Math.max(0, (timer.deadlineNanos() - state.nowNanos) / 1_000_000) + " ms";
    }

    private String ago(Instant since) {
        return Duration.between(since, state.wallTime).toMillis() + " ms ago";
    }
}
