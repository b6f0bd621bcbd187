package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.store.v1.StoredActivation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps the changes of tasks and sockets, in order. */
public interface Journal extends AutoCloseable {
    /**
     * Writes a batch. The stage completes once the batch survives the broker's process, on any thread; no reply that
     * promises one of the entries leaves before. Entries of a later call are never committed before those of an earlier.
     *
     * <p>While the store cannot be written, and when it does not keep up, the stage of a batch that has a promise (a task,
     * or a socket whose transfer is not acknowledged) fails with a {@link io.socketbroker.daemon.core.BrokerRefusal},
     * STORE_UNAVAILABLE: none of its promises is kept, all else in it is. Entries that promise nothing are then kept in
     * memory until they can be written, and their stages complete.
     */
    CompletionStage<Void> append(List<JournalEntry> entries);

    /**
     * What is there: at the start, what an earlier broker left. Reads the disk on the caller's thread.
     *
     * @throws StoreException if a record cannot be read
     */
    JournalSnapshot load();

    /**
     * The newest activations, the newest first. Reads the disk on the caller's thread: not for the conductor.
     *
     * @throws StoreException if a record cannot be read, or the store is closed for the moment
     */
    List<StoredActivation> latestActivations(int atMost);

    /** Why promises are refused at present, for people; empty while all is well. Any thread. */
    Optional<String> trouble();

    /** Changes that promised nothing and were dropped, because more came than memory is meant for. Any thread. */
    long droppedChanges();

    /** Whether it outlives the process. */
    default boolean isDurable() {
        return true;
    }

    /** Whether promises are taken. Any thread. */
    default boolean isHealthy() {
        return trouble().isEmpty();
    }

    /** Writes what was appended, and lets go of the store. */
    @Override
    void close();
}
