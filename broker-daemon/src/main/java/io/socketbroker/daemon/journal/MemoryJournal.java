package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.JournalEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps nothing beyond the process: what the broker knows is lost when it ends. */
public final class MemoryJournal implements Journal {
    private static final CompletionStage<Void> COMMITTED = CompletableFuture.completedStage(null);

    @Override
    public CompletionStage<Void> append(List<JournalEntry> entries) {
        return COMMITTED;
    }

    @Override
    public void close() {}
}
