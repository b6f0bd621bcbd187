package io.socketbroker.daemon.journal;

import io.socketbroker.store.v1.StoreCounters;
import io.socketbroker.store.v1.StoreMeta;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an earlier broker left.
 *
 * @param lastRun of the broker that opened the store last; empty if this is the first
 * @param sameBoot whether that was in this boot of the host. Which sockets can still exist says {@link #isOfThisBoot}:
 *     a record may be older than the last run
 * @param thisBoot the boot now
 * @param counters numbers that must not be used again
 * @param tasks by uid, app and name
 * @param sockets by uid, app and id
 */
public record JournalSnapshot(
        Optional<StoreMeta> lastRun,
        boolean sameBoot,
        BootId thisBoot,
        StoreCounters counters,
        List<StoredTask> tasks,
        Sockets sockets) {
    static final JournalSnapshot EMPTY = new JournalSnapshot(
            Optional.empty(), false, BootId.NONE, StoreCounters.getDefaultInstance(), List.of(), _ -> {});

    /** Records that are read from the disk one by one: there may be more than memory has room for. */
    @FunctionalInterface
    public interface Sockets {
        /**
         * Each record as it is at the time of the call. The visitor may append to the journal, but must not wait for the
         * commit: a store that has to be opened anew waits for the visitor.
         *
         * @throws StoreException if one cannot be read
         */
        void forEach(Consumer<StoredSocket> visitor);
    }

    /** Whether the socket's cookie and deadlines mean something now. */
    public boolean isOfThisBoot(StoredSocket socket) {
        return socket.getBootId().equals(thisBoot.bytes());
    }
}
