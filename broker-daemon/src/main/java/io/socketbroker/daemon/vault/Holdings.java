package io.socketbroker.daemon.vault;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The owner of every descriptor in the vault, by slot: a put or a drop costs the same at any count. On one thread. */
final class Holdings {
    private final List<@Nullable OwnedFd> descriptors = new ArrayList<>();
    private final Closer closer = new Closer();
    private long[] cookies = new long[256];
    private int count;

    /** A run of held sockets; the descriptors are borrowed until the next change. */
    record Batch(List<Entry> entries, List<Fd> descriptors) {}

    /** Takes ownership. What the slot had before is closed once the new one is in its place. */
    void put(Entry entry, OwnedFd descriptor) {
        int slot = entry.slot();
        makeRoomFor(slot);
        OwnedFd former = descriptors.set(slot, descriptor);
        cookies[slot] = entry.cookie();
        if (former == null) {
            count++;
        } else {
            closer.close(former);
        }
    }

    private void makeRoomFor(int slot) {
        while (descriptors.size() <= slot) {
            descriptors.add(null);
        }
        if (cookies.length <= slot) {
            cookies = Arrays.copyOf(cookies, Math.max(slot + 1, cookies.length + cookies.length / 2));
        }
    }

    /** Closes the socket of this slot if it is the one that is meant. */
    void drop(Entry entry) {
        OwnedFd held = at(entry.slot());
        if (held != null && cookies[entry.slot()] == entry.cookie()) {
            descriptors.set(entry.slot(), null);
            count--;
            closer.close(held);
        }
    }

    int count() {
        return count;
    }

    /** The first up to so many from this slot on; empty if there are none. */
    Batch from(int firstSlot, int atMost) {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
        for (int slot = firstSlot; slot < descriptors.size() && batch.entries.size() < atMost; slot++) {
            OwnedFd held = at(slot);
            if (held != null) {
                batch.entries.add(new Entry(slot, cookies[slot]));
                batch.descriptors.add(held.fd());
            }
        }
        return batch;
    }

    private @Nullable OwnedFd at(int slot) {
        return slot < descriptors.size() ? descriptors.get(slot) : null;
    }
}
