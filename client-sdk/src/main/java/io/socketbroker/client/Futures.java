package io.socketbroker.client;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Small helpers on futures. Stateless; any thread. */
final class Futures {

    private Futures() {}

    /**
     * Waits for a future that has a bound of its own. Not interruptible: ownership of a socket must be known when this
     * returns, and the bound is short.
     */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException | CancellationException e) {
            var cause = cause(e);
            // The failure was made on another thread; the caller's own stack belongs to the story.
            cause.addSuppressed(new WaitedHere());
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        }
    }

    /** What failed, without the wrapping of CompletableFuture. */
    static Throwable cause(Throwable failure) {
        var cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Ends a future as another one has ended. */
    static <T> void complete(CompletableFuture<T> future, T answer, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(answer);
        } else {
            future.completeExceptionally(cause(failure));
        }
    }

    static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    /** Marks where the caller waited. */
    private static final class WaitedHere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WaitedHere() {
            super("the caller waited here");
        }
    }
}
