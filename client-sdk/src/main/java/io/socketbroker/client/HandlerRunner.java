package io.socketbroker.client;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a session's handler and ends what it leaves open, as {@link SocketHandler} promises. Thread-safe. */
final class HandlerRunner {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerRunner.class);
    private static final Executor VIRTUAL =
            work -> Thread.ofVirtual().name("socketbroker-give-back").start(work);

    /** A socket with its lease, and who is told when the session has nothing to do with it any more. */
    record Work(ActivatedSocket socket, SessionLease lease, Runnable done) {}

    private final HandlerCall call;
    private final FailureDelays delays = new FailureDelays();
    private final Map<LeaseName, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong running = new AtomicLong();
    private volatile boolean draining;

    HandlerRunner(HandlerCall call) {
        this.call = call;
    }

    SessionCounts counts() {
        return new SessionCounts(delivered.get(), completed.get(), failed.get(), running.get());
    }

    void start(Work work) {
        delivered.incrementAndGet();
        running.incrementAndGet();
        call.start(work.socket(), failure -> failure.ifPresentOrElse(e -> failed(work, e), () -> succeeded(work)));
    }

    private void succeeded(Work work) {
        delays.succeeded(work.lease().name().socket());
        giveBackIfHeld(work);
        finish(work, completed);
    }

    private void failed(Work work, Throwable failure) {
        work.lease().closeDescriptor();
        if (!work.lease().isHeld()) {
            LOG.info("the handler of {} failed after the end of its lease", work.socket(), failure);
            finish(work, failed);
            return;
        }
        long delayMillis = delays.failed(work.lease().name().socket());
        LOG.warn("the handler of {} failed; it is given back in {} ms", work.socket(), delayMillis, failure);
        var wait = new CompletableFuture<Void>();
        waiting.put(work.lease().name(), wait);
        var _ = wait.thenRunAsync(
                () -> {
                    waiting.remove(work.lease().name());
                    giveBackIfHeld(work);
                    finish(work, failed);
                },
                VIRTUAL);
        work.socket().onRevoked(() -> wait.complete(null));
        if (draining) {
            wait.complete(null);
        }
        var _ = wait.completeOnTimeout(null, delayMillis, TimeUnit.MILLISECONDS);
    }

    private static void giveBackIfHeld(Work work) {
        if (!work.lease().isHeld()) {
            return;
        }
        try {
            work.socket().giveBack();
        } catch (BrokerException | IllegalStateException e) {
            // Revoked meanwhile, ended by another thread of the program, or the link is lost: it is the broker's.
            LOG.debug("{} was not given back", work.socket(), e);
        }
    }

    private void finish(Work work, AtomicLong count) {
        work.lease().closeDescriptor();
        count.incrementAndGet();
        running.decrementAndGet();
        work.done().run();
    }

    /** What waits after a failure is given back at once: this session will not be woken by it again. */
    void drain() {
        draining = true;
        waiting.values().forEach(wait -> wait.complete(null));
    }
}
