package io.socketbroker.daemon.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All brokered sockets, by slot, name, kernel socket and task, with the sums that the limits need. */
final class SocketTable {
    private final List<@Nullable SocketEntry> bySlot = new ArrayList<>();
    private final ArrayDeque<Slot> freeSlots = new ArrayDeque<>();
    private final NavigableMap<SocketName, SocketEntry> byName = new TreeMap<>();
    private final Map<Long, SocketEntry> byCookie = new HashMap<>();
    private final Map<TaskName, Set<SocketEntry>> byTask = new HashMap<>();
    private final Map<Integer, Usage> byUid = new HashMap<>();

    /** What one uid uses. */
    private static final class Usage {
        int sockets;
        long contextBytes;
    }

    /** The slot that the next added socket must have. */
    Slot nextSlot() {
        Slot free = freeSlots.peekLast();
        return free != null ? free : new Slot(bySlot.size());
    }

    void add(SocketEntry entry) {
        if (!entry.slot.equals(nextSlot())) {
            throw new IllegalStateException("not the next slot: " + entry.slot);
        }
        if (freeSlots.pollLast() == null) {
            bySlot.add(entry);
        } else {
            bySlot.set(entry.slot.index(), entry);
        }
        index(entry);
    }

    private void index(SocketEntry entry) {
        byName.put(entry.name, entry);
        byCookie.put(entry.candidate.cookie(), entry);
        byTask.computeIfAbsent(entry.task, _ -> new LinkedHashSet<>()).add(entry);
        Usage usage = byUid.computeIfAbsent(entry.name.uid(), _ -> new Usage());
        usage.sockets++;
        usage.contextBytes += entry.context.size();
    }

    /** Puts these into an empty table, each into the slot that it names. */
    void restore(List<SocketEntry> entries) {
        if (!bySlot.isEmpty()) {
            throw new IllegalStateException("the table is in use");
        }
        int slots =
                entries.stream().mapToInt(entry -> entry.slot.index() + 1).max().orElse(0);
        bySlot.addAll(Collections.nCopies(slots, null));
        entries.forEach(entry -> {
            bySlot.set(entry.slot.index(), entry);
            index(entry);
        });
        for (int index = slots - 1; index >= 0; index--) {
            if (bySlot.get(index) == null) {
                freeSlots.addLast(new Slot(index));
            }
        }
    }

    void remove(SocketEntry entry) {
        bySlot.set(entry.slot.index(), null);
        freeSlots.addLast(entry.slot);
        byName.remove(entry.name);
        byCookie.remove(entry.candidate.cookie());
        Set<SocketEntry> siblings = ofTask(entry.task);
        siblings.remove(entry);
        if (siblings.isEmpty()) {
            byTask.remove(entry.task);
        }
        Usage usage = byUid.getOrDefault(entry.name.uid(), new Usage());
        usage.contextBytes -= entry.context.size();
        usage.sockets--;
        if (usage.sockets == 0) {
            byUid.remove(entry.name.uid());
        }
    }

    void contextChanged(SocketEntry entry, int formerBytes) {
        Usage usage = byUid.getOrDefault(entry.name.uid(), new Usage());
        usage.contextBytes += entry.context.size() - formerBytes;
    }

    Optional<SocketEntry> at(Slot slot) {
        return slot.index() < bySlot.size() ? Optional.ofNullable(bySlot.get(slot.index())) : Optional.empty();
    }

    Optional<SocketEntry> named(SocketName name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<SocketEntry> withCookie(long cookie) {
        return Optional.ofNullable(byCookie.get(cookie));
    }

    /** Live view; empty if none. */
    Set<SocketEntry> ofTask(TaskName task) {
        Set<SocketEntry> sockets = byTask.get(task);
        return sockets == null ? Collections.emptySet() : sockets;
    }

    /** In the order of their names, after this one. */
    Collection<SocketEntry> after(@Nullable SocketName name) {
        return name == null ? byName.values() : byName.tailMap(name, false).values();
    }

    int size() {
        return byName.size();
    }

    int sizeOf(int uid) {
        Usage usage = byUid.get(uid);
        return usage == null ? 0 : usage.sockets;
    }

    long contextBytesOf(int uid) {
        Usage usage = byUid.get(uid);
        return usage == null ? 0 : usage.contextBytes;
    }

    boolean appUsedByOther(String app, int uid) {
        // Few applications, many sockets: by the tasks that sockets name, not by the sockets.
        return byTask.keySet().stream()
                .anyMatch(task -> task.uid() != uid && task.app().equals(app));
    }

    /** For a limit's error: who has the most sockets. */
    String largestHolder() {
        return byUid.entrySet().stream()
                .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.sockets, b.sockets)))
                .map(entry -> "uid " + Integer.toUnsignedString(entry.getKey()) + " with " + entry.getValue().sockets
                        + " sockets")
                .orElse("nobody");
    }
}
