package io.socketbroker.daemon.time;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What {@link Timers} must do, in the simplest way: a sorted map by tick and order of scheduling. */
final class TimersModel {
    private static final long TICK_NANOS = 1_000_000;

    private final TreeMap<Key, Entry> pending = new TreeMap<>();
    private final Map<Integer, Key> keys = new HashMap<>();
    private long presentTick;
    private int sequence;

    private record Key(long tick, int sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTick = Long.compare(tick, other.tick);
            return byTick != 0 ? byTick : Integer.compare(sequence, other.sequence);
        }
    }

    private record Entry(int name, long deadlineNanos) {}

    void schedule(int name, long deadlineNanos) {
        Key key = new Key(Math.max(presentTick, Math.floorDiv(deadlineNanos, TICK_NANOS)), sequence++);
        pending.put(key, new Entry(name, deadlineNanos));
        keys.put(name, key);
    }

    void cancel(int name) {
        Key key = keys.remove(name);
        if (key != null) {
            pending.remove(key);
        }
    }

    /** The names of what is due, in the order in which it runs; it stays until it is cancelled. */
    List<Integer> due(long nowNanos) {
        presentTick = Math.max(presentTick, Math.floorDiv(nowNanos, TICK_NANOS));
        List<Integer> due = new ArrayList<>();
        for (Entry entry : pending.values()) {
            if (entry.deadlineNanos <= nowNanos) {
                due.add(entry.name);
            }
        }
        return due;
    }

    OptionalLong earliestNanos() {
        return pending.values().stream().mapToLong(Entry::deadlineNanos).min();
    }
}
