package io.socketbroker.client;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * How a program attaches to a task. Immutable; each {@code with} gives a changed copy.
 *
 * @param task the task's name, of the client's application
 * @param credit sockets that the program works on at the same time, 1 to 10000; default 64
 * @param executor runs the handler; default: a new virtual thread for each socket. A handler that blocks in native calls
 *     holds a virtual thread's carrier: give it platform threads
 * @param listener is told of changes of the state; default: none
 * @param longestReconnectDelay bound of the delay between attempts to reconnect, which starts at 0.1 s and doubles, with
 *     jitter; default 10 s
 * @param closeTimeout how long {@link Session#close} waits for running handlers; default 10 s
 */
public record SessionOptions(
        String task,
        int credit,
        Executor executor,
        SessionListener listener,
        Duration longestReconnectDelay,
        Duration closeTimeout) {

    /** The protocol's bound of credit. */
    public static final int MAX_CREDIT = 10_000;

    private static final int DEFAULT_CREDIT = 64;
    private static final Executor VIRTUAL_THREADS =
            work -> Thread.ofVirtual().name("socketbroker-handler").start(work);

    public SessionOptions {
        if (credit < 1 || credit > MAX_CREDIT) {
            throw new IllegalArgumentException("the credit must be 1 to " + MAX_CREDIT + ": " + credit);
        }
        if (!longestReconnectDelay.isPositive()) {
            throw new IllegalArgumentException("the longest delay must be above zero: " + longestReconnectDelay);
        }
        if (closeTimeout.isNegative()) {
            throw new IllegalArgumentException("the close time-out must not be negative: " + closeTimeout);
        }
    }

    /** All defaults. */
    public static SessionOptions of(String task) {
        return new SessionOptions(
                task,
                DEFAULT_CREDIT,
                VIRTUAL_THREADS,
                SessionListener.NONE,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    /** With so many sockets at the same time. */
    public SessionOptions withCredit(int sockets) {
        return new SessionOptions(task, sockets, executor, listener, longestReconnectDelay, closeTimeout);
    }

    /** With another executor, which stays the caller's to shut down, after the session. */
    public SessionOptions withExecutor(Executor other) {
        return new SessionOptions(task, credit, other, listener, longestReconnectDelay, closeTimeout);
    }

    /** With a listener. */
    public SessionOptions withListener(SessionListener other) {
        return new SessionOptions(task, credit, executor, other, longestReconnectDelay, closeTimeout);
    }

    /** With another bound of the delay between attempts to reconnect. */
    public SessionOptions withLongestReconnectDelay(Duration bound) {
        return new SessionOptions(task, credit, executor, listener, bound, closeTimeout);
    }

    /** With another wait for running handlers. */
    public SessionOptions withCloseTimeout(Duration bound) {
        return new SessionOptions(task, credit, executor, listener, longestReconnectDelay, bound);
    }
}
