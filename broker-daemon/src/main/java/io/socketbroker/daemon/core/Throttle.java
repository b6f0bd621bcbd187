package io.socketbroker.daemon.core;

import io.socketbroker.v1.EventType;
import io.socketbroker.v1.TaskLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How often handlers may be woken, as a tree: socket, source, task, uid, and all. A wake over a rate of its socket or source
 * waits for its own turn; over one of the others its whole task waits. Everything refills by itself.
 */
final class Throttle {
    /** Of one task; a bucket that is full is forgotten, because a new one says the same. */
    private static final int MOST_SOURCES = 65_536;

    private final BrokerState state;
    private final TokenBucket all;
    private final Map<Integer, TokenBucket> byUid = new HashMap<>();

    Throttle(BrokerState state) {
        this.state = state;
        all = new TokenBucket(state.limits.activationsPerSecond(), state.limits.activationsPerSecond());
    }

    /** Why something waits, and how long. */
    record Hold(String limit, int perSecond, String user, long waitNanos) {
        String message() {
            return reached() + "; it goes on in " + Math.max(1, waitNanos / 1_000_000) + " ms";
        }

        /** Without the time. */
        String reached() {
            return "limit " + limit + " = " + perSecond + " a second is reached (used by " + user + ")";
        }
    }

    /** Takes the turn of a socket's wake; how long until it comes. */
    long reserve(SocketEntry socket, TaskEntry task) {
        TaskLimits limits = task.spec.getLimits();
        long waitNanos = 0;
        if (limits.getSocketActivationsPerSecond() > 0) {
            Quiet quiet = socket.quiet();
            quiet.rate = bucket(quiet.rate, limits.getSocketActivationsPerSecond(), limits.getSocketActivationBurst());
            waitNanos = announced(
                    new Hold(
                            "socket_activations_per_second",
                            quiet.rate.perSecond(),
                            "socket " + socket.name,
                            quiet.rate.reserve(state.nowNanos)),
                    socket);
        }
        Optional<SourcePrefix> source = limits.getSourceActivationsPerSecond() > 0
                ? SourcePrefix.addressOf(socket.candidate().peer()).map(SourcePrefix::subnet)
                : Optional.empty();
        if (source.isPresent()) {
            TokenBucket bucket = ofSource(task, source.get(), limits);
            waitNanos = Math.max(
                    waitNanos,
                    announced(
                            new Hold(
                                    "source_activations_per_second",
                                    bucket.perSecond(),
                                    "source " + source.get(),
                                    bucket.reserve(state.nowNanos)),
                            socket));
        }
        return waitNanos;
    }

    private long announced(Hold hold, SocketEntry socket) {
        if (hold.waitNanos > 0) {
            state.emit(EventType.EVENT_TYPE_LIMIT_HELD, socket, hold.message());
            socket.quiet().heldByRate = hold.reached();
        }
        return hold.waitNanos;
    }

    private TokenBucket ofSource(TaskEntry task, SourcePrefix source, TaskLimits limits) {
        TokenBucket known = task.sourceRates.get(source);
        TokenBucket bucket = bucket(known, limits.getSourceActivationsPerSecond(), limits.getSourceActivationBurst());
        if (known == null && task.sourceRates.size() >= MOST_SOURCES) {
            forgetFull(task.sourceRates);
        }
        task.sourceRates.put(source, bucket);
        return bucket;
    }

    private void forgetFull(Map<SourcePrefix, TokenBucket> rates) {
        rates.values().removeIf(bucket -> bucket.isFull(state.nowNanos));
        Iterator<SourcePrefix> oldest = rates.keySet().iterator();
        for (int i = rates.size() - MOST_SOURCES / 2; i > 0; i--) {
            oldest.next();
            oldest.remove();
        }
    }

    /** What holds all wakes of a task back now; empty if nothing does. */
    List<Hold> holds(TaskEntry task) {
        List<Hold> holds = new ArrayList<>(0);
        TokenBucket own = ofTask(task);
        if (own != null) {
            add(holds, "activations_per_second", own, "task " + task.name);
        }
        add(
                holds,
                "activations-per-second-per-uid",
                ofUid(task.name.uid()),
                "uid " + Integer.toUnsignedString(task.name.uid()));
        add(holds, "activations-per-second", all, "all users");
        return holds;
    }

    private void add(List<Hold> holds, String limit, TokenBucket bucket, String user) {
        long waitNanos = bucket.waitNanos(state.nowNanos);
        if (waitNanos > 0) {
            holds.add(new Hold(limit, bucket.perSecond(), user, waitNanos));
        }
    }

    /** One activation of this task. */
    void take(TaskEntry task) {
        TokenBucket own = ofTask(task);
        if (own != null) {
            own.reserve(state.nowNanos);
        }
        ofUid(task.name.uid()).reserve(state.nowNanos);
        all.reserve(state.nowNanos);
    }

    /** How many activations of this task would not have to wait. */
    int available(TaskEntry task) {
        TokenBucket own = ofTask(task);
        int ofTask = own == null ? Integer.MAX_VALUE : own.available(state.nowNanos);
        return Math.min(
                ofTask, Math.min(ofUid(task.name.uid()).available(state.nowNanos), all.available(state.nowNanos)));
    }

    private static @Nullable TokenBucket ofTask(TaskEntry task) {
        TaskLimits limits = task.spec.getLimits();
        if (limits.getActivationsPerSecond() == 0) {
            task.rate = null;
        } else {
            task.rate = bucket(task.rate, limits.getActivationsPerSecond(), limits.getActivationBurst());
        }
        return task.rate;
    }

    private TokenBucket ofUid(int uid) {
        // As many as there are uids with tasks: tasks are what asks.
        int perSecond = state.limits.activationsPerSecondPerUid();
        return byUid.computeIfAbsent(uid, _ -> new TokenBucket(perSecond, perSecond));
    }

    /** The one that is there, unless the limit has changed. */
    private static TokenBucket bucket(@Nullable TokenBucket known, int perSecond, int burst) {
        int atOnce = burst == 0 ? perSecond : burst;
        return known != null && known.is(perSecond, atOnce) ? known : new TokenBucket(perSecond, atOnce);
    }
}
