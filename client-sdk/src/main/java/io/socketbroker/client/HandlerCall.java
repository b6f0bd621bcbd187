package io.socketbroker.client;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Calls a handler for one socket after the other, or for several at once, as its executor likes. Immutable; any thread.
 *
 * @param handler blocking, or an {@link AsyncAdapter}
 * @param executor runs the handler
 */
record HandlerCall(SocketHandler handler, Executor executor) {

    private static final Executor VIRTUAL =
            work -> Thread.ofVirtual().name("socketbroker-give-back").start(work);

    /**
     * Calls it.
     *
     * @param ended told once: what the handler threw, or nothing. On a thread that may wait for the broker, after a
     *     blocking handler its own
     */
    void start(ActivatedSocket socket, Consumer<Optional<Throwable>> ended) {
        try {
            executor.execute(() -> run(socket, ended));
        } catch (RejectedExecutionException e) {
            // Not on the caller's thread, which may be the one that receives for the session.
            VIRTUAL.execute(() -> ended.accept(Optional.of(e)));
        }
    }

    private void run(ActivatedSocket socket, Consumer<Optional<Throwable>> ended) {
        try {
            if (handler instanceof AsyncAdapter(var async)) {
                var _ = async.handle(socket)
                        .whenCompleteAsync(
                                (_, failure) -> ended.accept(
                                        Optional.ofNullable(failure).map(Futures::cause)),
                                VIRTUAL);
                return;
            }
            handler.handle(socket);
        } catch (Throwable e) {
            // Errors included: whatever the handler throws must not lose the socket.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            ended.accept(Optional.of(e));
            return;
        }
        ended.accept(Optional.empty());
    }
}
