package io.socketbroker.daemon.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All brokered sockets, by slot, name, kernel socket and task, with the sums that the limits need. */
final class SocketTable {
    private final List<@Nullable SocketEntry> bySlot = new ArrayList<>();
    private final ArrayDeque<Slot> freeSlots = new ArrayDeque<>();
    private final NameHash names;
    private final SlotIndex byName = new SlotIndex(this::nameHash);
    private final SlotIndex byCookie = new SlotIndex(this::cookieHash);
    private final Map<TaskName, OfTask> byTask = new HashMap<>();
    private final Map<Integer, Usage> byUid = new HashMap<>();
    private int size;

    /** What one uid uses. */
    private static final class Usage {
        int sockets;
        long contextBytes;
    }

    /** The sockets of one task, in the order in which they came: a list through the entries themselves. */
    private static final class OfTask {
        @Nullable
        SocketEntry first;

        @Nullable
        SocketEntry last;

        int size;
    }

    /** A table whose order in memory nobody can guess. */
    SocketTable(long secret) {
        names = new NameHash(secret);
    }

    /** The slot that the next added socket must have. */
    Slot nextSlot() {
        Slot free = freeSlots.peekLast();
        return free != null ? free : new Slot(bySlot.size());
    }

    void add(SocketEntry entry) {
        if (!entry.slot().equals(nextSlot())) {
            throw new IllegalStateException("not the next slot: " + entry.slot());
        }
        if (freeSlots.pollLast() == null) {
            bySlot.add(entry);
        } else {
            bySlot.set(entry.slot, entry);
        }
        index(entry);
    }

    private void index(SocketEntry entry) {
        size++;
        byName.add(entry.slot);
        byCookie.add(entry.slot);
        link(entry, byTask.computeIfAbsent(entry.task, _ -> new OfTask()));
        Usage usage = byUid.computeIfAbsent(entry.name.uid(), _ -> new Usage());
        usage.sockets++;
        usage.contextBytes += entry.context.size();
    }

    private static void link(SocketEntry entry, OfTask siblings) {
        entry.beforeInTask = siblings.last;
        if (siblings.last == null) {
            siblings.first = entry;
        } else {
            siblings.last.afterInTask = entry;
        }
        siblings.last = entry;
        siblings.size++;
    }

    private static void unlink(SocketEntry entry, OfTask siblings) {
        SocketEntry before = entry.beforeInTask;
        SocketEntry after = entry.afterInTask;
        if (before == null) {
            siblings.first = after;
        } else {
            before.afterInTask = after;
        }
        if (after == null) {
            siblings.last = before;
        } else {
            after.beforeInTask = before;
        }
        entry.beforeInTask = null;
        entry.afterInTask = null;
        siblings.size--;
    }

    /** Puts these into an empty table, each into the slot that it names. */
    void restore(List<SocketEntry> entries) {
        if (!bySlot.isEmpty()) {
            throw new IllegalStateException("the table is in use");
        }
        int slots = entries.stream().mapToInt(entry -> entry.slot + 1).max().orElse(0);
        bySlot.addAll(Collections.nCopies(slots, null));
        entries.forEach(entry -> {
            bySlot.set(entry.slot, entry);
            index(entry);
        });
        for (int index = slots - 1; index >= 0; index--) {
            if (bySlot.get(index) == null) {
                freeSlots.addLast(new Slot(index));
            }
        }
    }

    void remove(SocketEntry entry) {
        byName.remove(entry.slot);
        byCookie.remove(entry.slot);
        bySlot.set(entry.slot, null);
        freeSlots.addLast(entry.slot());
        size--;
        OfTask siblings = byTask.getOrDefault(entry.task, new OfTask());
        unlink(entry, siblings);
        if (siblings.size == 0) {
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

    /** Whether this one is still in its slot. */
    boolean has(SocketEntry entry) {
        return bySlot.get(entry.slot) == entry;
    }

    Optional<SocketEntry> named(SocketName name) {
        int slot = byName.find(names.of(name), name, this::isNamed);
        return slot < 0 ? Optional.empty() : Optional.of(entry(slot));
    }

    Optional<SocketEntry> withCookie(long cookie) {
        int slot = byCookie.find(NameHash.of(cookie), cookie, this::hasCookie);
        return slot < 0 ? Optional.empty() : Optional.of(entry(slot));
    }

    private boolean isNamed(int slot, SocketName name) {
        return entry(slot).name.equals(name);
    }

    private boolean hasCookie(int slot, long cookie) {
        return entry(slot).cookie == cookie;
    }

    private int nameHash(int slot) {
        return names.of(entry(slot).name);
    }

    private int cookieHash(int slot) {
        return NameHash.of(entry(slot).cookie);
    }

    private SocketEntry entry(int slot) {
        SocketEntry entry = bySlot.get(slot);
        if (entry == null) {
            throw new IllegalStateException("slot " + slot + " is free");
        }
        return entry;
    }

    /** How many this task has. */
    int sizeOf(TaskName task) {
        OfTask sockets = byTask.get(task);
        return sockets == null ? 0 : sockets.size;
    }

    /** As they are now, in the order in which they came. */
    List<SocketEntry> ofTask(TaskName task) {
        OfTask sockets = byTask.get(task);
        if (sockets == null) {
            return List.of();
        }
        List<SocketEntry> list = new ArrayList<>(sockets.size);
        for (SocketEntry entry = sockets.first; entry != null; entry = entry.afterInTask) {
            list.add(entry);
        }
        return list;
    }

    /** In the order of their slots. */
    void forEach(Consumer<SocketEntry> consumer) {
        for (int slot = nextUsed(0); slot >= 0; slot = nextUsed(slot + 1)) {
            consumer.accept(entry(slot));
        }
    }

    /** The first slot with a socket from this one on, or -1. */
    int nextUsed(int from) {
        for (int slot = from; slot < bySlot.size(); slot++) {
            if (bySlot.get(slot) != null) {
                return slot;
            }
        }
        return -1;
    }

    int size() {
        return size;
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
