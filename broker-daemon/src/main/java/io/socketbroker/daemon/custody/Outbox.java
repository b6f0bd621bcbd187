package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts and drops that could not be sent at once, in their order. Puts have duplicates of their descriptors here and are
 * limited; drops are not limited by themselves, as each belongs to a socket that the broker had. On the conductor thread.
 */
final class Outbox {
    private final Deque<Item> items = new ArrayDeque<>();
    private int puts;

    /** One put with its duplicate, or one drop without. */
    record Item(
            Entry entry,
            @Nullable OwnedFd duplicate,
            @Nullable PendingPut put) {}

    /** The first items of one kind: what one frame carries. */
    record Run(List<Item> items) {
        boolean isPut() {
            return items.getFirst().put() != null;
        }

        List<Entry> entries() {
            return items.stream().map(Item::entry).toList();
        }

        List<Fd> descriptors() {
            List<Fd> descriptors = new ArrayList<>();
            for (Item item : items) {
                if (item.duplicate() != null) {
                    descriptors.add(item.duplicate().fd());
                }
            }
            return descriptors;
        }

        List<PendingPut> owners() {
            List<PendingPut> owners = new ArrayList<>();
            for (Item item : items) {
                if (item.put() != null) {
                    owners.add(item.put());
                }
            }
            return owners;
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** How many puts wait. */
    int puts() {
        return puts;
    }

    /**
     * Adds a put with duplicates of its own.
     *
     * @throws LinuxException EMFILE: nothing was added
     */
    void addPuts(List<Held> sockets, PendingPut put) {
        List<Item> added = new ArrayList<>();
        try {
            for (Held socket : sockets) {
                added.add(new Item(socket.entry(), OwnedFd.duplicateOf(socket.fd()), put));
            }
        } catch (LinuxException e) {
            added.forEach(Outbox::close);
            throw e;
        }
        items.addAll(added);
        puts += added.size();
    }

    void addDrop(Entry entry) {
        items.add(new Item(entry, null, null));
    }

    /** What the next frame carries; there must be something. */
    Run head() {
        List<Item> run = new ArrayList<>();
        Iterator<Item> next = items.iterator();
        while (next.hasNext() && run.size() < Frame.MOST_ENTRIES) {
            Item item = next.next();
            if (!run.isEmpty() && (run.getFirst().put() == null) != (item.put() == null)) {
                break;
            }
            run.add(item);
        }
        return new Run(run);
    }

    /** It was sent. */
    void remove(Run run) {
        for (int i = 0; i < run.items().size(); i++) {
            removeFirst();
        }
    }

    /** The first one; there must be something. */
    Item first() {
        return items.getFirst();
    }

    /** Takes it out, with its duplicate closed. */
    Item removeFirst() {
        Item item = items.removeFirst();
        if (item.put() != null) {
            puts--;
        }
        close(item);
        return item;
    }

    /** Takes everything out, with the duplicates closed. */
    List<Item> drain() {
        List<Item> drained = new ArrayList<>();
        while (!items.isEmpty()) {
            drained.add(removeFirst());
        }
        return drained;
    }

    private static void close(Item item) {
        if (item.duplicate() != null) {
            item.duplicate().close();
        }
    }
}
