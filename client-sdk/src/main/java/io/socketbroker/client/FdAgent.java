package io.socketbroker.client;

import com.google.rpc.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection to {@code fd.sock}, for one request after the other: those of callers that wait run on the caller's own
 * thread, which saves two switches of threads, the others on a thread of its own. Thread and connection begin with the first
 * request that needs them; a connection that died is opened again by the next one. Thread-safe.
 */
final class FdAgent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FdAgent.class);
    private static final int MAX_WAITING_REQUESTS = 4096;

    private final RuntimeDirectory directory;
    private final ClientTimeouts timeouts;
    private final ThreadPoolExecutor worker = worker();
    // Of the connection.
    private final ReentrantLock use = new ReentrantLock();
    private volatile boolean closed;
    private @Nullable FdConnection connection;

    FdAgent(RuntimeDirectory directory, ClientTimeouts timeouts) {
        this.directory = directory;
        this.timeouts = timeouts;
    }

    private static ThreadPoolExecutor worker() {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING_REQUESTS), task -> {
                    var thread = new Thread(task, "socketbroker-fd");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Runs the work with a live connection. What it throws fails the future.
     *
     * @param here at once, for a caller that waits for it in any case; else as {@link #submit}
     */
    <T> CompletableFuture<T> run(boolean here, Function<FdConnection, T> work) {
        if (!here || Thread.currentThread().isVirtual()) {
            // The native calls of a virtual thread would keep its carrier.
            return submit(work);
        }
        try {
            return CompletableFuture.completedFuture(exclusively(work));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Runs the work with a live connection, later. What it throws fails the future. */
    <T> CompletableFuture<T> submit(Function<FdConnection, T> work) {
        try {
            return CompletableFuture.supplyAsync(() -> exclusively(work), worker);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    closed
                            ? closedFailure()
                            : new BrokerException(
                                    Code.RESOURCE_EXHAUSTED,
                                    MAX_WAITING_REQUESTS + " requests of this client wait already: wait for some",
                                    e));
        }
    }

    private <T> T exclusively(Function<FdConnection, T> work) {
        use.lock();
        try {
            return work.apply(live());
        } finally {
            if (closed) {
                closeConnection();
            }
            use.unlock();
        }
    }

    private FdConnection live() {
        if (closed) {
            throw closedFailure();
        }
        var present = connection;
        if (present != null) {
            if (present.isUsable()) {
                return present;
            }
            LOG.debug("the connection to {} is gone, it is opened again", directory.fdSocket());
            present.close();
            connection = null;
        }
        var opened = FdConnection.open(directory, timeouts.descriptors());
        connection = opened;
        return opened;
    }

    private static BrokerException closedFailure() {
        return new BrokerException(Code.CANCELLED, "the client is closed");
    }

    /** Requests that wait fail, the running one ends by its time-outs; whoever is last closes the connection. */
    @Override
    public void close() {
        closed = true;
        worker.shutdown();
        try {
            if (!awaitEnd(timeouts.close().toNanos())) {
                LOG.warn(
                        "a request on {} still runs after {}; it ends by its own time-outs",
                        directory.fdSocket(),
                        timeouts.close());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitEnd(long boundNanos) throws InterruptedException {
        long deadline = System.nanoTime() + boundNanos;
        if (!use.tryLock() && !use.tryLock(boundNanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            closeConnection();
        } finally {
            use.unlock();
        }
        return worker.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void closeConnection() {
        var present = connection;
        if (present != null) {
            present.close();
            connection = null;
        }
    }
}
