package io.socketbroker.daemon.core;

import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.LinkedHashSet;

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

    TaskEntry(TaskName name, TaskSpec spec, Instant registeredAt) {
        this.name = name;
        this.spec = spec;
        this.registeredAt = registeredAt;
    }

    int freeHandlers() {
        return Math.max(0, spec.getLimits().getMaxConcurrency() - running - queue.size());
    }
}
