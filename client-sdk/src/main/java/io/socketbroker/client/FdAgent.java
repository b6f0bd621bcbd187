package io.socketbroker.client;

import com.google.rpc.Code;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns a client's connection to {@code fd.sock}: requests run on it one after another. Thread and
 * connection begin with the first request; a connection that died is opened again by the next one. Thread-safe.
 */
final class FdAgent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FdAgent.class);
    private static final int MAX_WAITING_REQUESTS = 4096;

    private final RuntimeDirectory directory;
    private final ClientTimeouts timeouts;
    private final Worker worker = new Worker();
    private volatile boolean closed;
    // Only on the worker's thread.
    private @Nullable FdConnection connection;

    FdAgent(RuntimeDirectory directory, ClientTimeouts timeouts) {
        this.directory = directory;
        this.timeouts = timeouts;
    }

    /** Runs the work with a live connection. What it throws fails the future. */
    <T> CompletableFuture<T> submit(Function<FdConnection, T> work) {
        try {
            return CompletableFuture.supplyAsync(() -> work.apply(live()), worker);
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

    /**
     * Requests that wait fail, the running one ends by its time-outs; then the connection is closed on its own thread.
     */
    @Override
    public void close() {
        closed = true;
        worker.shutdown();
        awaitEnd(timeouts.close());
    }

    private void awaitEnd(Duration bound) {
        try {
            if (!worker.awaitTermination(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "a request on {} still runs after {}; it ends by its own time-outs",
                        directory.fdSocket(),
                        bound);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker extends ThreadPoolExecutor {

        Worker() {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING_REQUESTS), task -> {
                var thread = new Thread(task, "socketbroker-fd");
                thread.setDaemon(true);
                return thread;
            });
        }

        /** Runs on the last worker thread, after every request. */
        @Override
        protected void terminated() {
            var present = connection;
            if (present != null) {
                present.close();
                connection = null;
            }
        }
    }
}
