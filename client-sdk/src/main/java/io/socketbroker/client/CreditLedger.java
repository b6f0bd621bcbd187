package io.socketbroker.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many sockets a session may still be sent, and how many it works on: their sum is never above its limit. What
 * finishes together is granted together, by a virtual thread. Thread-safe by its lock, under which grants are sent, so
 * that they leave in order.
 */
final class CreditLedger {

    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int limit;
    // All below are guarded by this.
    private int inUse;
    // What the broker has at most: grants on their way to it included.
    private int granted;
    private long grantedEver;
    private boolean flushing;
    private boolean draining;
    // The session ends as soon as nothing is in use.
    private boolean ending;
    // And now nothing is: what still comes is not taken.
    private boolean over;
    private boolean hurried;
    private long idleSinceNanos;
    private @Nullable AttachStream stream;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    CreditLedger(int limit) {
        this.limit = limit;
    }

    /** A new link begins: gives the credit of its start. Handlers of former links may still run. */
    synchronized int start() {
        granted = Math.max(1, limit - inUse);
        // Also a mark of an older link is before it, so that nothing late takes it away.
        grantedEver += granted;
        return granted;
    }

    /** The link takes grants from now on. */
    synchronized void connect(AttachStream to) {
        stream = to;
        if (draining) {
            to.drain();
        }
        flushSoon();
    }

    /** The link has ended. */
    synchronized void disconnect(AttachStream from) {
        if (stream == from) {
            stream = null;
        }
    }

    /** Sockets that came another way than through the session count as in use, until {@link #finished}. */
    synchronized void adopt(int sockets) {
        inUse += sockets;
    }

    /** What becomes of a delivery. */
    enum Admission {
        /** It counts as in use. */
        TAKEN,
        /** The broker had no credit for it. */
        ABOVE_CREDIT,
        /** The session is drained and about to end: nobody would work on it. */
        TOO_LATE
    }

    /** Sockets came. */
    synchronized Admission delivered(int sockets) {
        if (over) {
            return Admission.TOO_LATE;
        }
        if (sockets > granted) {
            return Admission.ABOVE_CREDIT;
        }
        granted -= sockets;
        inUse += sockets;
        return Admission.TAKEN;
    }

    /** Changes with every grant: for {@link #expired}. */
    synchronized long mark() {
        return grantedEver;
    }

    /** Done with a socket. */
    synchronized void finished() {
        inUse--;
        released();
    }

    private void released() {
        if (inUse == 0) {
            idleSinceNanos = System.nanoTime();
            notifyAll();
        }
        flushSoon();
        tellDrained();
    }

    /**
     * A delivery came to nothing, and the broker has taken all credit away that it had then. What was granted since the
     * mark may have come before or after that: it counts as still there, so that the limit holds in any case.
     */
    synchronized void expired(int sockets, long mark) {
        inUse -= sockets;
        granted = (int) Math.min(granted, grantedEver - mark);
        released();
    }

    private void flushSoon() {
        if (!flushing && !draining && limit > inUse + granted) {
            flushing = true;
            Thread.ofVirtual().name("socketbroker-credit").start(this::flush);
        }
    }

    private synchronized void flush() {
        flushing = false;
        var to = stream;
        int more = limit - inUse - granted;
        if (more > 0 && to != null && !draining) {
            granted += more;
            grantedEver += more;
            to.credit(more);
        }
    }

    /** Ends {@link #stopWhenIdle} at once. */
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /**
     * Waits until nothing was in use for so long from now on, or {@link #hurry}. In that same moment grants end, and the
     * broker is told; what it has sent before still comes, and is taken.
     *
     * @return false if it was hurried
     */
    synchronized boolean stopWhenIdle(Duration idle) throws InterruptedException {
        idleSinceNanos = System.nanoTime();
        while (!draining && !hurried) {
            long leftNanos = inUse > 0 ? LONGEST_WAIT_NANOS : idle.toNanos() - (System.nanoTime() - idleSinceNanos);
            if (leftNanos <= 0) {
                break;
            }
            // Rounded up: a wait of zero would be endless.
            wait(TimeUnit.NANOSECONDS.toMillis(Math.min(leftNanos, LONGEST_WAIT_NANOS)) + 1);
        }
        stop();
        return !hurried;
    }

    /** No more grants, which the broker is told. The future is done when nothing is in use, and nothing can be any more. */
    synchronized CompletableFuture<Void> drain() {
        stop();
        ending = true;
        tellDrained();
        return drained;
    }

    private void stop() {
        var to = stream;
        if (!draining && to != null) {
            to.drain();
        }
        draining = true;
    }

    private void tellDrained() {
        if (ending && inUse == 0 && !over) {
            over = true;
            // Not under the lock: what follows may take others.
            Thread.ofVirtual().start(() -> drained.complete(null));
        }
    }
}
