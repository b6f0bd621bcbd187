package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.v1.ErrorReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was appended and not written yet, in order. Thread-safe, and nobody who adds waits. One who promises is refused
 * early, so that there is room left for changes of what the broker already has.
 */
final class AppendQueue {
    private final Settings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();

    // All guarded by the lock.
    private final Deque<Append> waiting = new ArrayDeque<>();
    private int changes;
    private long bytes;
    private long dropped;
    private boolean closed;

    /**
     * One batch of the conductor.
     *
     * @param changes in order
     * @param weight of them, in bytes
     * @param stage completed once they are committed
     */
    record Append(List<Change> changes, long weight, CompletableFuture<Void> stage) {}

    AppendQueue(Settings settings) {
        this.settings = settings;
    }

    /** Takes a batch, or what promises nothing of it. */
    CompletableFuture<Void> add(List<Change> batch) {
        lock.lock();
        try {
            if (closed) {
                return refused("the journal is closed");
            }
            if (hasRoomFor(batch, 1)) {
                return put(batch);
            }
            List<Change> kept =
                    batch.stream().filter(change -> !change.isPromise()).toList();
            if (!hasRoomFor(kept, settings.roomForChanges())) {
                dropped += kept.size();
            } else {
                CompletableFuture<Void> stage = put(kept);
                if (kept.size() == batch.size()) {
                    return stage;
                }
            }
            return refused("the disk is too slow: " + changes + " changes wait to be written; try again later");
        } finally {
            lock.unlock();
        }
    }

    /** One batch is taken whatever its size when nothing waits: it would never find more room. */
    private boolean hasRoomFor(List<Change> batch, int times) {
        return waiting.isEmpty()
                || (changes + batch.size() <= times * settings.queuedChanges()
                        && bytes + weight(batch) <= times * settings.queuedBytes());
    }

    private static long weight(List<Change> batch) {
        return batch.stream().mapToLong(Change::weight).sum();
    }

    private CompletableFuture<Void> put(List<Change> batch) {
        Append append = new Append(batch, weight(batch), new CompletableFuture<>());
        waiting.add(append);
        changes += batch.size();
        bytes += append.weight();
        added.signal();
        return append.stage();
    }

    private static CompletableFuture<Void> refused(String why) {
        return CompletableFuture.failedFuture(new BrokerRefusal(ErrorReason.ERROR_REASON_STORE_UNAVAILABLE, "", why));
    }

    /**
     * What waits, once there is something or the time is over or the queue is closed; if it is much, a part that fits into
     * little memory.
     */
    List<Append> take(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (waiting.isEmpty() && !closed && left > 0) {
                left = added.awaitNanos(left);
            }
            return takePart();
        } catch (InterruptedException _) {
            // Nobody has a reason to; what waits is taken at the next call.
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private List<Append> takePart() {
        List<Append> taken = new ArrayList<>();
        long size = 0;
        while (!waiting.isEmpty()
                && (taken.isEmpty() || size + waiting.getFirst().weight() <= settings.batchBytes())) {
            Append next = waiting.removeFirst();
            taken.add(next);
            size += next.weight();
            changes -= next.changes().size();
        }
        bytes -= size;
        return taken;
    }

    /** Refuses all that comes from now on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Closed, and nothing waits. */
    boolean isFinished() {
        lock.lock();
        try {
            return closed && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Changes for which there was no room. */
    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
