package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to reach the vault until it succeeds, at first at once, then after pauses that double up to two seconds. The
 * attempts run on a thread of their own, all else on the conductor thread.
 */
final class Reconnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconnection.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long THREAD_KEPT_SECONDS = 10;
    private static final long STOP_SECONDS = 5;

    /** A connection that lasted so long was a good one. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final VaultConnector connector;
    private final EventLoop loop;
    private final Consumer<OwnedFd> connected;
    private final ThreadPoolExecutor thread;
    private long pauseNanos;
    private long connectedNanos;
    private String lastFailure = "";

    /**
     * Tries nothing yet.
     *
     * @param connected becomes the owner of each connection, on the conductor thread
     */
    Reconnection(VaultConnector connector, EventLoop loop, Consumer<OwnedFd> connected) {
        this.connector = connector;
        this.loop = loop;
        this.connected = connected;
        // One attempt at a time, and the last task, which closes the connector.
        thread = new ThreadPoolExecutor(
                1,
                1,
                THREAD_KEPT_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(2),
                Thread.ofPlatform().daemon().name("vault-connector").factory());
        thread.allowCoreThreadTimeOut(true);
        connectedNanos = loop.nowNanos();
    }

    /** There is no connection: tries until there is one. */
    void begin() {
        if (loop.nowNanos() - connectedNanos >= LASTING_NANOS) {
            pauseNanos = 0;
        }
        attemptLater();
    }

    private void attemptLater() {
        // Not all brokers of a host at the same moment.
        long jitter = pauseNanos == 0 ? 0 : ThreadLocalRandom.current().nextLong(pauseNanos / 4);
        loop.schedule(pauseNanos + jitter, () -> thread.execute(this::attempt));
        pauseNanos = Math.clamp(pauseNanos * 2, FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    }

    private void attempt() {
        try {
            OwnedFd connection = connector.connect();
            if (!loop.submit(() -> succeeded(connection))) {
                connection.close();
            }
        } catch (IOException | RuntimeException e) {
            loop.submit(() -> failed(String.valueOf(e.getMessage())));
        }
    }

    private void succeeded(OwnedFd connection) {
        connectedNanos = loop.nowNanos();
        lastFailure = "";
        connected.accept(connection);
    }

    private void failed(String why) {
        // The same line again and again says no more than one.
        if (!why.equals(lastFailure)) {
            log.warn("{}; trying again until it is there", why);
            lastFailure = why;
        }
        attemptLater();
    }

    /** After the loop has ended: waits for an attempt that is under way, then closes the connector. */
    @Override
    public void close() {
        thread.execute(connector::close);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                log.warn("an attempt to reach the vault is still under way");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
