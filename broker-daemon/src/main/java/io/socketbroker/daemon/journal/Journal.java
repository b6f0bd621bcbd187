package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.JournalEntry;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Keeps the changes of tasks and sockets, in order. */
public interface Journal extends AutoCloseable {
    /**
     * Writes a batch. The stage completes once the batch survives the broker's process, on any thread; no reply that
     * promises one of the entries leaves before. Entries of a later call are never committed before those of an earlier.
     */
    CompletionStage<Void> append(List<JournalEntry> entries);

    @Override
    void close();
}
