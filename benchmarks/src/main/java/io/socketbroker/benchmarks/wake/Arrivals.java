package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that do not wait for the answer to those before them: they are sent on a thread of their own while the caller's
 * receives. A slow answer delays no later byte, so its length is not hidden (coordinated omission). For one thread.
 */
final class Arrivals {
    /** More than the slack of a timer (prctl(2), PR_SET_TIMERSLACK): a byte that is later than this was held up. */
    private static final long SLACK_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

    private final Receiver receiver;
    private final ParkedSockets sockets;
    private final Ledger ledger;
    private final SplittableRandom random = new SplittableRandom(2);
    private final AtomicLongArray started;
    private int last;

    Arrivals(Receiver receiver, ParkedSockets sockets, Ledger ledger) {
        this.receiver = receiver;
        this.sockets = sockets;
        this.ledger = ledger;
        this.started = new AtomicLongArray(sockets.count());
    }

    /**
     * Bytes at random times, as of many clients who know nothing of each other.
     *
     * @param perSecond in the mean
     * @return from each one's time to its handling, in nanoseconds; counted from the time that the schedule had for it if
     *     it was held up
     */
    List<Long> open(int count, int perSecond) {
        double meanNanos = (double) TimeUnit.SECONDS.toNanos(1) / perSecond;
        List<Long> nanos = new ArrayList<>();
        Semaphore free = new Semaphore(sockets.count());
        ledger.listen(index -> {
            long now = System.nanoTime();
            synchronized (nanos) {
                nanos.add(now - started.get(index));
            }
            free.release();
        });
        long[] dueNanos = {System.nanoTime()};
        run(count, () -> {
            dueNanos[0] += (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
            for (long left = dueNanos[0] - System.nanoTime(); left > 0; left = dueNanos[0] - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            acquire(free);
            long now = System.nanoTime();
            speak(now - dueNanos[0] > SLACK_NANOS ? dueNanos[0] : now);
        });
        synchronized (nanos) {
            return List.copyOf(nanos);
        }
    }

    /**
     * As fast as they are handled.
     *
     * @param window how many may be on their way
     * @return how many a second
     */
    long sustain(int count, int window) {
        Semaphore free = new Semaphore(Math.min(window, sockets.count()));
        ledger.listen(_ -> free.release());
        long begun = System.nanoTime();
        run(count, () -> {
            acquire(free);
            speak(System.nanoTime());
        });
        return count * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
    }

    private void run(int count, Runnable next) {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Thread sender = Thread.ofPlatform().daemon().name("arrivals").start(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    next.run();
                }
            } catch (RuntimeException e) {
                failure.set(e);
            }
        });
        try {
            receiver.work(count);
            sender.join();
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        } finally {
            ledger.ignore();
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private static void acquire(Semaphore free) {
        try {
            if (!free.tryAcquire(Receiver.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new InvalidRunException("nothing is handled any more");
            }
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }

    /** To the next socket that has no byte. There is one. */
    private void speak(long startNanos) {
        do {
            last = (last + 1) % sockets.count();
        } while (!ledger.isFree(last));
        started.set(last, startNanos);
        sockets.speak(last);
    }
}
