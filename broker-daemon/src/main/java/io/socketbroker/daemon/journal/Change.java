package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.store.v1.StoredActivation;
import io.socketbroker.store.v1.StoredTask;

/** One record is written or removed. */
sealed interface Change {
    /** What a record takes in memory besides its text, contexts and specs. */
    int FIXED_BYTES = 400;

    RecordKey key();

    /** About what it takes in memory while it waits, in bytes. */
    int weight();

    /** Somebody is told that it is kept: then it is kept, or refused, but never forgotten. */
    boolean isPromise();

    /** A record as a whole. */
    record Put(RecordKey key, MessageLite value, int weight, boolean isPromise) implements Change {}

    /**
     * The record of a socket, as bytes of a StoredSocket.
     *
     * @param generation in it
     * @param activationId in its lease, or 0
     */
    record SocketPut(RecordKey key, ByteString value, long generation, long activationId, boolean isPromise)
            implements Change {
        @Override
        public int weight() {
            return FIXED_BYTES + value.size();
        }
    }

    /** A record of another version, as it is on the disk. */
    record RawPut(RecordKey key, ByteString value) implements Change {
        @Override
        public int weight() {
            return FIXED_BYTES + value.size();
        }

        @Override
        public boolean isPromise() {
            return false;
        }
    }

    /** A record is gone. */
    record Remove(RecordKey key) implements Change {
        @Override
        public int weight() {
            return FIXED_BYTES;
        }

        @Override
        public boolean isPromise() {
            return false;
        }
    }

    /** The same for the store. */
    static Change of(JournalEntry entry) {
        return switch (entry) {
            case JournalEntry.TaskPut put -> {
                StoredTask task = StoredTask.newBuilder()
                        .setUid(put.name().uid())
                        .setApp(put.name().app())
                        .setName(put.name().name())
                        .setSpec(put.spec())
                        .setRegisteredAt(Views.timestamp(put.registeredAt()))
                        .build();
                yield new Put(RecordKey.of(put.name()), task, FIXED_BYTES + task.getSerializedSize(), true);
            }
            case JournalEntry.TaskRemoved removed -> new Remove(RecordKey.of(removed.name()));
            case JournalEntry.SocketPut put ->
                new SocketPut(
                        RecordKey.of(put.name()), put.record(), put.generation(), put.activationId(), put.isTransfer());
            case JournalEntry.SocketRemoved removed -> new Remove(RecordKey.of(removed.name()));
            case JournalEntry.ActivationPut put ->
                new Put(RecordKey.ofActivation(put.stored().getId()), put.stored(), weight(put.stored()), false);
        };
    }

    private static int weight(StoredActivation activation) {
        return FIXED_BYTES + activation.getSerializedSize();
    }
}
