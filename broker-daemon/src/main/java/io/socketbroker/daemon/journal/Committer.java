package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.journal.AppendQueue.Append;
import io.socketbroker.v1.ErrorReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal thread: writes what waits as one batch, and completes the stages in order. When the store cannot be
 * written it refuses promises, keeps all else in memory, and tries again by itself.
 */
final class Committer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    /** Not while a broker starts, and before one that is restarted often. */
    private static final long FIRST_TRIM_NANOS = 60_000_000_000L;

    private final AppendQueue queue;
    private final Store store;
    private final Room room;
    private final Reserve reserve;
    private final Health health;
    private final Counters counters;
    private final Overlay overlay;
    private final History history;
    private final Backoff backoff;
    private final long trimEveryNanos;
    private long trimAtNanos;
    private final AtomicLong dropped = new AtomicLong();

    Committer(AppendQueue queue, Store store, StoreFolder folder, Health health, Counters counters, Settings settings) {
        this.queue = queue;
        this.store = store;
        this.room = new Room(folder);
        this.reserve = new Reserve(folder);
        this.health = health;
        this.counters = counters;
        this.overlay = new Overlay(settings.overlayBytes());
        this.history = new History(store, counters, settings.historyAge(), settings.historyCount());
        this.backoff = new Backoff(
                settings.firstRetry().toNanos(), settings.longestRetry().toNanos());
        this.trimEveryNanos = settings.trimEvery().toNanos();
        this.trimAtNanos = System.nanoTime() + Math.min(trimEveryNanos, FIRST_TRIM_NANOS);
    }

    @Override
    public void run() {
        try {
            while (!queue.isFinished()) {
                List<Append> batch = queue.take(nanosToNextDuty());
                if (health.isTroubled() && backoff.isDue(System.nanoTime())) {
                    recover();
                }
                if (!batch.isEmpty()) {
                    commit(batch);
                }
                trimIfDue();
            }
            finish();
        } catch (RuntimeException | Error e) {
            defect(e);
        }
    }

    private long nanosToNextDuty() {
        long now = System.nanoTime();
        return health.isTroubled() ? backoff.nanosLeft(now) : trimAtNanos - now;
    }

    private void commit(List<Append> batch) {
        batch.forEach(append -> append.changes().forEach(counters::see));
        if (health.isTroubled()) {
            batch.forEach(this::absorb);
            return;
        }
        List<Change> changes = new ArrayList<>();
        batch.forEach(append -> changes.addAll(append.changes()));
        counters.takeChange().ifPresent(changes::add);
        FailPoint.JOURNAL_WRITING.pass();
        try {
            store.write(changes, hasTask(changes));
        } catch (StoreException e) {
            failed(e);
            batch.forEach(this::absorb);
            return;
        }
        FailPoint.JOURNAL_WRITTEN.pass();
        batch.forEach(append -> append.stage().complete(null));
    }

    /** Only these must survive a power cut: descriptors do not either. */
    private static boolean hasTask(Iterable<? extends Change> changes) {
        for (Change change : changes) {
            if (change.key().family() == Family.TASKS) {
                return true;
            }
        }
        return false;
    }

    /** Keeps in memory what promises nothing. */
    private void absorb(Append append) {
        boolean refused = false;
        for (Change change : append.changes()) {
            if (change.isPromise()) {
                refused = true;
            } else if (!overlay.put(change)) {
                drop(change);
                // Nobody waits for the history.
                refused |= change.key().family() != Family.ACTIVATIONS;
            }
        }
        health.waiting(overlay.size());
        if (!refused) {
            append.stage().complete(null);
            return;
        }
        append.stage()
                .completeExceptionally(new BrokerRefusal(
                        ErrorReason.ERROR_REASON_STORE_UNAVAILABLE,
                        "",
                        "the broker's store " + health.reason() + "; nothing new is taken until that is mended"));
    }

    private void drop(Change change) {
        if (dropped.getAndIncrement() == 0) {
            log.error(
                    "changes such as of {} are dropped: {} wait already for a store that {}",
                    change.key().family(),
                    overlay.size(),
                    health.reason());
        }
    }

    private void failed(StoreException e) {
        if (!health.isTroubled()) {
            log.error("the store {}; new tasks and sockets are refused", e.getMessage());
        }
        backoff.failed(System.nanoTime());
        health.failed(Objects.toString(e.getMessage()), Instant.now());
    }

    /** RocksDB does not write again after an error until it is opened anew. */
    private void recover() {
        try {
            room.require(2 * overlay.bytes());
            store.reopen();
            List<Change> changes = new ArrayList<>(overlay.changes());
            changes.add(counters.asChange());
            store.write(changes, hasTask(changes));
        } catch (StoreException e) {
            failed(e);
            return;
        }
        log.info("the store can be written again; {} changes that waited are written", overlay.size());
        overlay.clear();
        health.waiting(0);
        health.recovered();
        reserve.make();
        backoff.succeeded(System.nanoTime());
    }

    private void trimIfDue() {
        boolean due = System.nanoTime() - trimAtNanos >= 0;
        if (health.isTroubled() || !(due || history.isLong())) {
            return;
        }
        boolean more = false;
        try {
            more = history.trim(Instant.now());
        } catch (StoreException e) {
            if (e.problem() == StoreException.Problem.DAMAGED) {
                log.error("the history of activations is not trimmed: {}", e.getMessage());
            } else {
                failed(e);
            }
        }
        // What is appended meanwhile goes first.
        trimAtNanos = System.nanoTime() + (more ? 0 : trimEveryNanos);
    }

    private void finish() {
        if (health.isTroubled()) {
            recover();
        }
        if (!overlay.isEmpty()) {
            log.error("{} changes of sockets are lost: the store {}", overlay.size(), health.reason());
        }
    }

    /** Without its thread the journal takes nothing, and says so. */
    private void defect(Throwable cause) {
        log.error("the journal thread ended by a defect", cause);
        health.failed("has lost its thread by a defect: " + cause, Instant.now());
        queue.close();
        while (!queue.isFinished()) {
            queue.take(0).forEach(append -> append.stage().completeExceptionally(cause));
        }
    }

    /** Changes for which there was no room while the store could not be written. */
    long dropped() {
        return dropped.get();
    }
}
