package io.socketbroker.daemon.core;

import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** Listeners that are not watched until there is room again, and for want of what, in words. */
    final Map<SocketEntry, String> heldListeners = new LinkedHashMap<>();

    /** Attached programs, the one that is due next first. */
    final LinkedHashSet<Session> sessions = new LinkedHashSet<>();

    /** Connections of its listeners, in all and by source. */
    int connections;

    final Map<SourcePrefix, Connections.OfSource> sources = Connections.table();

    /** Connections that were accepted and are silent so far. */
    int silent;

    /** Connections closed since that was told last. */
    long refusals;

    Timers.@Nullable Timer refusalsTimer;

    /** Null without a limit. */
    @Nullable
    TokenBucket rate;

    /** The oldest first. */
    final Map<SourcePrefix, TokenBucket> sourceRates = new LinkedHashMap<>();

    /** Until a rate lets it go on. */
    Timers.@Nullable Timer rateTimer;

    /** That rate, with its value and who uses it; while the timer runs. */
    String heldByRate = "";

    /** That all handlers of the broker are in use, and by whom; empty unless that holds its launches back. */
    String heldByHandlers = "";

    Conditions.Known conditions = new Conditions.Known();

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
        long launches = launches(spec) ? spec.getLimits().getMaxConcurrency() - running : 0;
        return Math.clamp(credit + launches - queue.size(), 0, Integer.MAX_VALUE);
    }

    /** Whether the broker starts handlers, rather than to wait for sessions. */
    static boolean launches(TaskSpec spec) {
        return spec.hasExec() || spec.hasSystemd();
    }

    /** A session that can take work, in turns. */
    Optional<Session> nextSession() {
        Session next = null;
        for (Session session : sessions) {
            if (session.takesWork()) {
                next = session;
                break;
            }
        }
        if (next != null && sessions.size() > 1) {
            sessions.remove(next);
            sessions.add(next);
        }
        return Optional.ofNullable(next);
    }
}
