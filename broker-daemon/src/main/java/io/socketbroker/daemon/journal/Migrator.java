package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.daemon.journal.StoreException.Problem;
import io.socketbroker.store.v1.StoreMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Brings a store to the version of the schema that this broker writes. For the start. */
final class Migrator {
    /** What this broker writes. */
    static final int SCHEMA_VERSION = 1;

    private static final long PART_BYTES = 1 << 20;

    private final StoreFolder folder;
    private final Store store;
    private final List<Migration> steps;
    private final int target;

    /** @param target what the steps lead to */
    Migrator(StoreFolder folder, Store store, List<Migration> steps, int target) {
        this.folder = folder;
        this.store = store;
        this.steps = steps;
        this.target = target;
    }

    /**
     * What the last broker left of itself; empty for a new store.
     *
     * @throws StoreException NEWER if it is of a version behind ours; nothing is changed then
     */
    Optional<StoreMeta> bringUpToDate() {
        Optional<StoreMeta> found = store.get(RecordKey.META).map(this::parse);
        if (found.isEmpty()) {
            requireEmpty();
            return found;
        }
        StoreMeta meta = found.get();
        if (meta.getSchemaVersion() > target) {
            throw new StoreException(
                    Problem.NEWER,
                    "the store " + folder.store() + " has schema version " + meta.getSchemaVersion()
                            + ", written by socketbroker " + meta.getWrittenBy()
                            + ", and this broker knows versions up to "
                            + target + "; start that version or a newer one, or " + folder.remedy());
        }
        for (int version = meta.getSchemaVersion(); version < target; version++) {
            Parts parts = new Parts();
            step(version).apply(parts);
            parts.flush();
            // Synced, and with it all before it.
            store.write(
                    List.of(new Change.Put(
                            RecordKey.META,
                            meta.toBuilder().setSchemaVersion(version + 1).build(),
                            Change.FIXED_BYTES,
                            true)),
                    true);
        }
        return found;
    }

    private Migration step(int from) {
        return steps.stream()
                .filter(step -> step.from() == from)
                .findFirst()
                .orElseThrow(() -> new StoreException(
                        Problem.DAMAGED,
                        "the store " + folder.store() + " has schema version " + from
                                + ", from which this broker knows no way to " + target + "; " + folder.remedy()));
    }

    private StoreMeta parse(byte[] value) {
        try {
            return StoreMeta.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new StoreException(
                    Problem.DAMAGED,
                    "the store " + folder.store() + " does not say its version: " + e.getMessage() + "; "
                            + folder.remedy(),
                    e);
        }
    }

    /** The first start may have ended before it was done, but nothing was promised then. */
    private void requireEmpty() {
        for (Family family : Family.values()) {
            store.forEach(family, (_, _) -> {
                throw new StoreException(
                        Problem.DAMAGED,
                        "the store " + folder.store() + " has records but does not say its version; "
                                + folder.remedy());
            });
        }
    }

    private final class Parts implements Migration.Records {
        private final List<Change> part = new ArrayList<>();
        private long bytes;

        @Override
        public void forEach(Family family, BiConsumer<ByteString, ByteString> visitor) {
            store.forEach(family, (key, value) -> {
                visitor.accept(ByteString.copyFrom(key), ByteString.copyFrom(value));
                return true;
            });
        }

        @Override
        public void put(Family family, ByteString key, ByteString value) {
            add(new Change.RawPut(new RecordKey(family, key), value));
        }

        @Override
        public void remove(Family family, ByteString key) {
            add(new Change.Remove(new RecordKey(family, key)));
        }

        private void add(Change change) {
            part.add(change);
            bytes += change.weight();
            if (bytes >= PART_BYTES) {
                flush();
            }
        }

        void flush() {
            store.write(part, false);
            part.clear();
            bytes = 0;
        }
    }
}
