package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.store.v1.StoredActivation;
import java.util.List;
import java.util.Optional;
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
    public JournalSnapshot load() {
        return JournalSnapshot.EMPTY;
    }

    @Override
    public List<StoredActivation> latestActivations(int atMost) {
        return List.of();
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public long droppedChanges() {
        return 0;
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public void close() {}
}
