package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.journal.StoreException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records on the disk, and the seal that tells whether all are there. One thread writes; any reads. Every use holds the
 * guard, so that nothing native is used once it is closed.
 */
final class Store implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Store.class);

    /** A batch that was larger gives its memory back. */
    private static final long LARGE_BATCH_BYTES = 1 << 20;

    private final StoreFolder folder;
    private final Encoder encoder;
    private final StoreOptions options = new StoreOptions();
    private final ReadWriteLock guard = new ReentrantReadWriteLock();
    private final Seal seal;
    private WriteBatch batch = new WriteBatch();

    /** Null while it is closed. Guarded. */
    private @Nullable OpenDatabase open;

    /** For good. Guarded. */
    private boolean closed;

    private Store(StoreFolder folder, BootId boot, Seal seal) {
        this.folder = folder;
        this.encoder = new Encoder(boot);
        this.seal = seal;
    }

    /**
     * Opens what is in the folder, or makes it.
     *
     * @throws StoreException and everything is closed again
     */
    static Store open(StoreFolder folder, BootId boot) {
        Optional<Seal.Promise> promise = promise(folder);
        boolean exists = Files.exists(folder.database().resolve("CURRENT"));
        boolean promised = promise.isPresent() && !promise.get().isVoid();
        if (!exists && (promised || hasRemains(folder.database()))) {
            throw damaged(folder, "its file CURRENT is missing");
        }
        if (exists && promise.isEmpty()) {
            log.warn("{} is missing: the store is taken as it is, whether it is whole cannot be known", folder.seal());
        }
        Store store = new Store(folder, boot, openSeal(folder, boot, promise));
        try {
            store.reopen(!exists);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** RocksDB would make a new database there, and remove them. */
    private static boolean hasRemains(Path database) {
        try (Stream<Path> files = Files.list(database)) {
            return files.anyMatch(file -> file.toString().matches(".*\\.(sst|log)"));
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException(Problem.UNUSABLE, "cannot read " + database + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Seal.Promise> promise(StoreFolder folder) {
        try {
            return Files.size(folder.seal()) == 0 ? Optional.empty() : Optional.of(Seal.read(folder.seal()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreException(
                    Problem.DAMAGED,
                    "the seal of the store cannot be read: " + e.getMessage() + "; " + folder.remedy() + ", or remove "
                            + folder.seal() + " to take the store as it is",
                    e);
        }
    }

    private static Seal openSeal(StoreFolder folder, BootId boot, Optional<Seal.Promise> promise) {
        try {
            Seal seal = Seal.open(folder.seal(), boot, promise);
            if (promise.isEmpty()) {
                // Before there is a database: one without a seal would be taken for an old one.
                seal.record(0, true);
                syncFolder(folder.store());
            }
            return seal;
        } catch (IOException e) {
            throw new StoreException(
                    Problem.UNUSABLE, "cannot write " + folder.seal() + ": " + e.getMessage() + "; free some space", e);
        }
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static StoreException damaged(StoreFolder folder, String how) {
        return new StoreException(
                Problem.DAMAGED, "the store " + folder.store() + " is damaged: " + how + "; " + folder.remedy());
    }

    /** Closes it if it is open, and opens it: what RocksDB remembers of a failed write is forgotten. */
    void reopen() {
        reopen(false);
    }

    private void reopen(boolean create) {
        guard.writeLock().lock();
        try {
            if (closed) {
                throw isClosed();
            }
            closeDatabase();
            OpenDatabase opened = OpenDatabase.open(folder.database(), options.forOpening(create), options);
            open = opened;
            long sequence = opened.database().getLatestSequenceNumber();
            if (sequence < seal.least()) {
                closeDatabase();
                throw damaged(
                        folder,
                        "its last records are missing: it ends with number " + sequence + ", but " + seal.least()
                                + " was acknowledged (remove " + folder.seal() + " to take it as it is)");
            }
        } catch (RocksDBException e) {
            throw Failures.of("cannot open", folder, e);
        } finally {
            guard.writeLock().unlock();
        }
    }

    private void closeDatabase() {
        OpenDatabase former = open;
        open = null;
        if (former != null) {
            former.close();
        }
    }

    private OpenDatabase current() {
        if (open == null) {
            throw isClosed();
        }
        return open;
    }

    private StoreException isClosed() {
        return new StoreException(Problem.UNUSABLE, "the store " + folder.store() + " is closed");
    }

    /**
     * Writes all or nothing, and seals it. On the thread that writes.
     *
     * @param sync so that it survives a power cut
     * @throws StoreException and it may be there or not until {@link #reopen}, and is never in the seal
     */
    void write(Collection<? extends Change> changes, boolean sync) {
        writing(sync, database -> addAll(changes, database));
    }

    /** Removes all from one key up to, but without, another, and writes changes with it. On the thread that writes. */
    void removeRange(RecordKey from, RecordKey end, Collection<? extends Change> changes) {
        writing(false, database -> {
            batch.deleteRange(
                    database.handle(from.family()),
                    from.bytes().toByteArray(),
                    end.bytes().toByteArray());
            addAll(changes, database);
        });
    }

    private void addAll(Collection<? extends Change> changes, OpenDatabase database) throws RocksDBException {
        for (Change change : changes) {
            byte[] key = change.key().bytes().toByteArray();
            switch (change) {
                case Change.Put put ->
                    batch.put(
                            database.handle(put.key().family()),
                            key,
                            put.value().toByteArray());
                case Change.SocketPut put ->
                    batch.put(database.handle(put.key().family()), key, encoder.socket(put.value()));
                case Change.RawPut put ->
                    batch.put(
                            database.handle(put.key().family()),
                            key,
                            put.value().toByteArray());
                case Change.Remove _ ->
                    batch.delete(database.handle(change.key().family()), key);
            }
        }
    }

    /** Puts changes into the batch. */
    private interface Filling {
        void fill(OpenDatabase database) throws RocksDBException;
    }

    private void writing(boolean sync, Filling filling) {
        guard.readLock().lock();
        try {
            OpenDatabase database = current();
            batch.clear();
            filling.fill(database);
            RocksDB rocks = database.database();
            rocks.write(options.forWriting(sync), batch);
            seal.record(rocks.getLatestSequenceNumber(), sync);
            if (batch.getDataSize() > LARGE_BATCH_BYTES) {
                batch.close();
                batch = new WriteBatch();
            }
        } catch (RocksDBException e) {
            throw Failures.of("cannot write", folder, e);
        } catch (IOException e) {
            throw new StoreException(Problem.UNUSABLE, "cannot write " + folder.seal() + ": " + e.getMessage(), e);
        } finally {
            guard.readLock().unlock();
        }
    }

    /** One record. */
    Optional<byte[]> get(RecordKey key) {
        guard.readLock().lock();
        try {
            OpenDatabase database = current();
            return Optional.ofNullable(database.database()
                    .get(database.handle(key.family()), key.bytes().toByteArray()));
        } catch (RocksDBException e) {
            throw Failures.of("cannot read", folder, e);
        } finally {
            guard.readLock().unlock();
        }
    }

    /** Shows the records of a kind as they are now, in the order of their keys, until the visitor has had enough. */
    void forEach(Family family, BiPredicate<byte[], byte[]> visitor) {
        scan(family, RocksIterator::seekToFirst, RocksIterator::next, visitor);
    }

    /** The same from the last to the first. */
    void backwards(Family family, BiPredicate<byte[], byte[]> visitor) {
        scan(family, RocksIterator::seekToLast, RocksIterator::prev, visitor);
    }

    /** The same from the first record at or behind a key. */
    void forEachFrom(RecordKey key, BiPredicate<byte[], byte[]> visitor) {
        scan(key.family(), records -> records.seek(key.bytes().toByteArray()), RocksIterator::next, visitor);
    }

    private void scan(
            Family family,
            Consumer<RocksIterator> start,
            Consumer<RocksIterator> step,
            BiPredicate<byte[], byte[]> visitor) {
        guard.readLock().lock();
        try (ReadOptions reading = new ReadOptions().setFillCache(false).setVerifyChecksums(true)) {
            OpenDatabase database = current();
            try (RocksIterator records = database.database().newIterator(database.handle(family), reading)) {
                start.accept(records);
                while (records.isValid() && visitor.test(records.key(), records.value())) {
                    step.accept(records);
                }
                records.status();
            }
        } catch (RocksDBException e) {
            throw Failures.of("cannot read", folder, e);
        } finally {
            guard.readLock().unlock();
        }
    }

    /** Waits for those who use it. */
    @Override
    public void close() {
        guard.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            closeDatabase();
            batch.close();
            options.close();
            seal.close();
        } catch (IOException e) {
            throw new StoreException(Problem.UNUSABLE, "cannot close " + folder.seal() + ": " + e.getMessage(), e);
        } finally {
            guard.writeLock().unlock();
        }
    }
}
