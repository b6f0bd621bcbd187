package io.socketbroker.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running program that is attached to a task: sockets that wake come to its handler by themselves, each with a lease.
 * Made by {@link BrokerClient#attach}. Thread-safe.
 *
 * <pre>{@code
 * try (var session = client.attach("chat", socket -> answer(socket))) {
 *     untilTheProgramEnds.await();
 * }
 * }</pre>
 *
 * <p>It has a connection to {@code fd.sock} and a gRPC stream of its own. When either is lost, the session attaches
 * again by itself until it is closed. A broker that lives has ended every lease then ({@link ActivatedSocket#isRevoked}; it
 * repeats the activation by the task's exit policy). With a broker that was restarted or upgraded the leases go on: handlers
 * notice nothing, and what they end meanwhile is told to the next one. One platform daemon thread, "socketbroker-session-" and the task's name,
 * receives; handlers run on the executor of {@link SessionOptions}.
 */
public final class Session implements AutoCloseable {

    private final SessionLoop loop;
    private final CreditLedger credits;
    private final HandlerRunner runner;
    private final SessionOptions options;
    private final Duration endTimeout;

    Session(SessionLink.Parts parts, SessionOptions options) {
        this.loop = new SessionLoop(parts, options);
        this.credits = parts.credits();
        this.runner = parts.runner();
        this.options = options;
        this.endTimeout = parts.timeouts().close();
    }

    /** Waits for the first link. */
    void start() {
        Futures.await(loop.start());
    }

    /** How it is. */
    public SessionState state() {
        return loop.state();
    }

    /** Whether sockets may come now. */
    public boolean isAttached() {
        return loop.state() == SessionState.ATTACHED;
    }

    /** What went through it. The numbers are read one after another, while others change them. */
    public SessionCounts counts() {
        return runner.counts();
    }

    /**
     * Asks for no more work. What runs goes on; what waits after a failure is given back at once. When nothing runs any
     * more the session ends. A session that loses its connection meanwhile does not attach again.
     *
     * @return done when the session has ended and no handler runs; has no bound of its own
     */
    public CompletableFuture<Void> drain() {
        loop.drain();
        runner.drain();
        return credits.drain().thenRun(loop::stop).thenCompose(_ -> loop.ended());
    }

    /**
     * Drains, but waits for running handlers at most as long as {@link SessionOptions#closeTimeout} says; then the session
     * ends, and leases that still run return to the broker: their handlers find them revoked. On the session's own
     * thread it does not wait. In a handler it would wait for that handler: use {@link #drain}.
     */
    @Override
    public void close() {
        close(options.closeTimeout());
    }

    void close(Duration bound) {
        var drained = drain();
        if (!loop.isOwnThread()) {
            awaitQuietly(drained, bound);
        }
        loop.stop();
        if (!loop.isOwnThread()) {
            awaitQuietly(loop.ended(), endTimeout);
        }
    }

    private static void awaitQuietly(CompletableFuture<Void> future, Duration bound) {
        try {
            future.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // The caller is in a hurry; what is left ends by itself.
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // The bound is the answer: close() goes on without it.
            return;
        }
    }

    @Override
    public String toString() {
        return "session of task " + options.task() + ", " + state();
    }
}
