package io.socketbroker.daemon.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.journal.StoreException.Problem;
import io.socketbroker.store.v1.StoreCounters;
import io.socketbroker.store.v1.StoreMeta;
import io.socketbroker.store.v1.StoredActivation;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps tasks, sockets and the history of activations in RocksDB, in a folder of one broker. Sockets survive the broker's
 * process, tasks also a power cut. Thread-safe; its stages complete on its own thread, in order.
 */
public final class RocksJournal implements Journal {
    private static final CompletionStage<Void> COMMITTED = CompletableFuture.completedStage(null);

    private final StoreFolder folder;
    private final Store store;
    private final Optional<StoreMeta> lastRun;
    private final StoreCounters lastCounters;
    private final BootId boot;
    private final AppendQueue queue;
    private final Health health = new Health();
    private final Committer committer;
    private final Thread thread;

    private RocksJournal(
            StoreFolder folder,
            Store store,
            Optional<StoreMeta> lastRun,
            StoreCounters lastCounters,
            BootId boot,
            Settings settings) {
        this.folder = folder;
        this.store = store;
        this.lastRun = lastRun;
        this.lastCounters = lastCounters;
        this.boot = boot;
        this.queue = new AppendQueue(settings);
        this.committer = new Committer(queue, store, folder, health, new Counters(lastCounters), settings);
        this.thread = Thread.ofPlatform().name("journal").unstarted(committer);
    }

    /**
     * Opens the store of a state folder, or makes both.
     *
     * @param stateDirectory for the store, its lock and the native library; made with mode 0700
     * @param boot of the host, now
     * @param version of this broker, for people
     * @throws StoreException if another broker has it, or it cannot be used as it is; the message says what to do
     */
    public static RocksJournal open(Path stateDirectory, BootId boot, String version) {
        return open(stateDirectory, boot, version, Settings.DEFAULT, List.of(), Migrator.SCHEMA_VERSION);
    }

    static RocksJournal open(
            Path stateDirectory,
            BootId boot,
            String version,
            Settings settings,
            List<Migration> migrations,
            int schemaVersion) {
        StoreFolder folder = StoreFolder.open(stateDirectory);
        try {
            NativeLibrary.load(folder.library());
            Reserve reserve = new Reserve(folder);
            RocksJournal journal;
            try {
                journal = open(folder, boot, version, settings, migrations, schemaVersion);
            } catch (StoreException e) {
                if (e.problem() != Problem.NO_SPACE || !reserve.spend()) {
                    throw e;
                }
                journal = open(folder, boot, version, settings, migrations, schemaVersion);
            }
            FailPoint.RECOVERY_STORE_OPENED.pass();
            reserve.make();
            journal.thread.start();
            return journal;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static RocksJournal open(
            StoreFolder folder,
            BootId boot,
            String version,
            Settings settings,
            List<Migration> migrations,
            int schemaVersion) {
        Store store = Store.open(folder, boot);
        try {
            Optional<StoreMeta> lastRun = new Migrator(folder, store, migrations, schemaVersion).bringUpToDate();
            StoreCounters counters = store.get(RecordKey.COUNTERS)
                    .map(value -> parse(folder, StoreCounters.parser(), value))
                    .orElse(StoreCounters.getDefaultInstance());
            store.write(List.of(opened(boot, version, schemaVersion)), true);
            return new RocksJournal(folder, store, lastRun, counters, boot, settings);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static Change opened(BootId boot, String version, int schemaVersion) {
        StoreMeta meta = StoreMeta.newBuilder()
                .setSchemaVersion(schemaVersion)
                .setBootId(boot.bytes())
                .setWrittenBy(version)
                .setOpenedAt(Views.timestamp(Instant.now()))
                .build();
        return new Change.Put(RecordKey.META, meta, Change.FIXED_BYTES, true);
    }

    @Override
    public CompletionStage<Void> append(List<JournalEntry> entries) {
        if (entries.isEmpty()) {
            return COMMITTED;
        }
        return queue.add(entries.stream().map(Change::of).toList());
    }

    @Override
    public JournalSnapshot load() {
        List<StoredTask> tasks = new ArrayList<>();
        store.forEach(Family.TASKS, (_, value) -> tasks.add(parse(folder, StoredTask.parser(), value)));
        return new JournalSnapshot(
                lastRun,
                lastRun.map(meta -> meta.getBootId().equals(boot.bytes())).orElse(false),
                boot,
                lastCounters,
                List.copyOf(tasks),
                visitor -> store.forEach(Family.SOCKETS, (_, value) -> {
                    visitor.accept(parse(folder, StoredSocket.parser(), value));
                    return true;
                }));
    }

    @Override
    public List<StoredActivation> latestActivations(int atMost) {
        List<StoredActivation> found = new ArrayList<>();
        if (atMost > 0) {
            store.backwards(Family.ACTIVATIONS, (_, value) -> {
                found.add(parse(folder, StoredActivation.parser(), value));
                return found.size() < atMost;
            });
        }
        return found;
    }

    private static <T> T parse(StoreFolder folder, Parser<T> parser, byte[] value) {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new StoreException(
                    Problem.DAMAGED,
                    "a record of the store " + folder.store() + " is damaged: " + e.getMessage() + "; "
                            + folder.remedy(),
                    e);
        }
    }

    @Override
    public Optional<String> trouble() {
        return health.text();
    }

    @Override
    public long droppedChanges() {
        return queue.dropped() + committer.dropped();
    }

    @Override
    public void close() {
        queue.close();
        joinThread();
        store.close();
        folder.close();
        FailPoint.STOP_JOURNAL_CLOSED.pass();
    }

    /** Also for one who is interrupted: the thread must not find the store closed. */
    private void joinThread() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
