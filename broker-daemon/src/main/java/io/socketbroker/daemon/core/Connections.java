package io.socketbroker.daemon.core;

import io.socketbroker.v1.EventType;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How many connections of a task's listeners there may be at the same time, in all and from one source. A connection
 * counts from its accept until the broker, the application or the handler that it was released to is done with it.
 */
final class Connections {
    /** Refusals are told together, or a flood would push everything else out of the events. */
    private static final long REFUSALS_TOLD_NANOS = 1_000_000_000L;

    private final BrokerState state;
    private Consumer<SocketEntry> onTurn = _ -> {};
    private Consumer<TaskEntry> onRoom = _ -> {};

    Connections(BrokerState state) {
        this.state = state;
    }

    /** A place among the connections of a task. Mutable; whoever has it gives it back once. */
    static final class Place {
        final TaskEntry task;
        final @Nullable SourcePrefix source;
        boolean counted;

        Place(TaskEntry task, @Nullable SourcePrefix source) {
            this.task = task;
            this.source = source;
        }
    }

    /** Connections of one source. */
    static final class OfSource {
        int counted;
        final ArrayDeque<SocketEntry> waiting = new ArrayDeque<>();
    }

    /** What becomes of a connection that was accepted. */
    enum Admission {
        /** It goes its way. */
        ADMITTED,
        /** It waits with the broker until another of its source has ended. */
        WAITS,
        /** It is closed. */
        REFUSED
    }

    /** Who goes on with a connection whose turn has come. */
    void onTurn(Consumer<SocketEntry> listener) {
        onTurn = listener;
    }

    /** Who goes on with the listeners of a task that has room again. */
    void onRoom(Consumer<TaskEntry> listener) {
        onRoom = listener;
    }

    /** How many connections may be accepted now as far as these limits go; those over a limit count if they are refused. */
    int room(TaskEntry task) {
        TaskLimits limits = task.spec.getLimits();
        return limits.getMaxConnections() == 0 || limits.getOverLimit() == OverLimit.OVER_LIMIT_REFUSE
                ? Integer.MAX_VALUE
                : Math.max(0, limits.getMaxConnections() - task.connections);
    }

    /** Whether a connection from this peer may come in, before it is a socket of the broker's. */
    Admission admission(TaskEntry task, Candidate connection) {
        TaskLimits limits = task.spec.getLimits();
        if (limits.getMaxConnections() > 0 && task.connections >= limits.getMaxConnections()) {
            refused(task, "max_connections", limits.getMaxConnections(), "task " + task.name);
            return Admission.REFUSED;
        }
        Optional<SourcePrefix> source =
                SourcePrefix.addressOf(connection.peer()).map(SourcePrefix::client);
        int most = limits.getMaxConnectionsPerSource();
        if (most == 0 || source.isEmpty()) {
            return Admission.ADMITTED;
        }
        OfSource known = task.sources.get(source.get());
        if (known == null || known.counted < most) {
            return Admission.ADMITTED;
        }
        if (limits.getOverLimit() != OverLimit.OVER_LIMIT_REFUSE && known.waiting.size() < most) {
            return Admission.WAITS;
        }
        refused(task, "max_connections_per_source", most, "source " + source.get());
        return Admission.REFUSED;
    }

    private void refused(TaskEntry task, String limit, int value, String user) {
        String message = "limit " + limit + " = " + value + " is reached (used by " + user + ")";
        if (task.refusalsTimer != null) {
            task.refusals++;
            return;
        }
        state.emit(EventType.EVENT_TYPE_CONNECTION_REFUSED, task.name, "a connection was closed: " + message);
        task.refusalsTimer = state.timers.schedule(state.nowNanos + REFUSALS_TOLD_NANOS, () -> {
            task.refusalsTimer = null;
            if (task.refusals > 0) {
                state.emit(
                        EventType.EVENT_TYPE_CONNECTION_REFUSED,
                        task.name,
                        task.refusals + " more connections were closed: " + message);
                task.refusals = 0;
            }
        });
    }

    /** A connection has come in, of which this was found out. */
    void add(TaskEntry task, SocketEntry connection, Candidate candidate, Admission admission) {
        SourcePrefix source = SourcePrefix.addressOf(candidate.peer())
                .map(SourcePrefix::client)
                .orElse(null);
        Place place = new Place(task, source);
        connection.place = place;
        task.connections++;
        if (source == null) {
            return;
        }
        OfSource ofSource = task.sources.computeIfAbsent(source, _ -> new OfSource());
        if (admission == Admission.WAITS) {
            ofSource.waiting.add(connection);
        } else {
            place.counted = true;
            ofSource.counted++;
        }
    }

    /** It does not wait for its turn any more: it is parked, or on its way to somebody. */
    void leaveLine(SocketEntry connection) {
        Place place = connection.place;
        if (place == null || place.counted || place.source == null) {
            return;
        }
        OfSource ofSource = place.task.sources.get(place.source);
        if (ofSource != null && ofSource.waiting.remove(connection)) {
            place.counted = true;
            ofSource.counted++;
        }
    }

    /** The connection is over, or somebody else's: the next one of its source has its turn. */
    void remove(SocketEntry connection) {
        Place place = connection.place;
        if (place != null) {
            connection.place = null;
            if (!place.counted && place.source != null) {
                OfSource ofSource = place.task.sources.get(place.source);
                if (ofSource != null) {
                    ofSource.waiting.remove(connection);
                }
            }
            giveBack(place);
        }
    }

    /** Its handler is done with a connection that the broker let go of. */
    void giveBack(Place place) {
        TaskEntry task = place.task;
        task.connections--;
        if (place.source != null) {
            OfSource ofSource = task.sources.get(place.source);
            if (ofSource != null) {
                leave(task, place, ofSource);
            }
        }
        onRoom.accept(task);
    }

    private void leave(TaskEntry task, Place place, OfSource ofSource) {
        if (place.counted) {
            ofSource.counted--;
            SocketEntry next = ofSource.waiting.poll();
            if (next != null && next.place != null) {
                next.place.counted = true;
                ofSource.counted++;
                onTurn.accept(next);
            }
        }
        if (ofSource.counted == 0 && ofSource.waiting.isEmpty()) {
            task.sources.remove(place.source);
        }
    }

    /** Who uses the limit that this connection waits for. */
    static String user(SocketEntry connection) {
        return connection.place == null || connection.place.source == null
                ? ""
                : " (used by source " + connection.place.source + ")";
    }

    /** Who has the most connections, for people. */
    static String largestSource(TaskEntry task) {
        return task.sources.entrySet().stream()
                .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.counted, b.counted)))
                .map(entry -> "source " + entry.getKey() + " with " + entry.getValue().counted + " connections")
                .orElseGet(() -> "task " + task.name);
    }

    /** An empty table. */
    static Map<SourcePrefix, OfSource> table() {
        return new HashMap<>();
    }
}
