package io.socketbroker.daemon.journal;

import io.socketbroker.store.v1.StoreCounters;
import io.socketbroker.store.v1.StoredActivation;
import java.util.Optional;

/** The highest numbers that were given out, as far as records tell. Only the journal thread has it. */
final class Counters {
    private long lastGeneration;
    private long lastActivationId;
    private long activations;
    private boolean changed;

    Counters(StoreCounters stored) {
        lastGeneration = stored.getLastGeneration();
        lastActivationId = stored.getLastActivationId();
        activations = stored.getActivations();
    }

    void see(Change change) {
        switch (change) {
            case Change.SocketPut socket -> {
                raiseGeneration(socket.generation());
                raiseActivation(socket.activationId());
            }
            case Change.Put put
            when put.value() instanceof StoredActivation activation -> {
                raiseActivation(activation.getId());
                // Each ends once, however often it was written before.
                if (activation.hasEndedAt()) {
                    activations++;
                    changed = true;
                }
            }
            default -> {
                // The others have no numbers.
            }
        }
    }

    private void raiseGeneration(long generation) {
        if (generation > lastGeneration) {
            lastGeneration = generation;
            changed = true;
        }
    }

    private void raiseActivation(long id) {
        if (id > lastActivationId) {
            lastActivationId = id;
            changed = true;
        }
    }

    /** In the history, without those that go on or never came to an end. */
    long activations() {
        return activations;
    }

    void activationsRemoved(int count) {
        activations = Math.max(0, activations - count);
    }

    /** What has to be written with the changes seen since the last call. */
    Optional<Change> takeChange() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        return Optional.of(asChange());
    }

    /** As they are now. */
    Change asChange() {
        StoreCounters counters = StoreCounters.newBuilder()
                .setLastGeneration(lastGeneration)
                .setLastActivationId(lastActivationId)
                .setActivations(activations)
                .build();
        return new Change.Put(RecordKey.COUNTERS, counters, Change.FIXED_BYTES, false);
    }
}
