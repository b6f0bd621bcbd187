package io.socketbroker.daemon.core;

import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;

/** One registered task with its queue. Mutable; only the rules of this package change it. */
final class TaskEntry {
    final TaskName name;
    TaskSpec spec;
    Instant registeredAt;
    boolean registered = true;

    /** Handlers that are starting or running. */
    int running;

    long launches;
    long failures;

    /** Sockets that wait for a handler, first come first served. Bounded by the sockets that name the task. */
    final LinkedHashSet<SocketEntry> queue = new LinkedHashSet<>();

    /** Listeners that are not watched until a handler of the task ends. */
    final LinkedHashSet<SocketEntry> heldListeners = new LinkedHashSet<>();

    /** Attached programs, the one that is due next first. */
    final LinkedHashSet<Session> sessions = new LinkedHashSet<>();

    TaskEntry(TaskName name, TaskSpec spec, Instant registeredAt) {
        this.name = name;
        this.spec = spec;
        this.registeredAt = registeredAt;
    }

    /** How many more sockets would be handled at once. */
    int freeHandlers() {
        long credit = sessions.stream()
                .filter(Session::takesWork)
                .mapToLong(session -> session.credit)
                .sum();
        long launches = spec.hasExec() ? spec.getLimits().getMaxConcurrency() - running : 0;
        return Math.clamp(credit + launches - queue.size(), 0, Integer.MAX_VALUE);
    }

    /** A session that can take work, in turns. */
    Optional<Session> nextSession() {
        Optional<Session> next = sessions.stream().filter(Session::takesWork).findFirst();
        next.ifPresent(session -> {
            sessions.remove(session);
            sessions.add(session);
        });
        return next;
    }
}
