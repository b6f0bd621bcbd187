package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One put, until each of its sockets is safe or one is refused. Its stage completes not at once but through a queue that is
 * run when custody is done with its own work, because what hangs on the stage may put and drop in turn. On the conductor
 * thread.
 */
final class PendingPut {
    private final CompletableFuture<Void> stage = new CompletableFuture<>();
    private final Queue<Runnable> completions;
    private int unsafe;

    PendingPut(int sockets, Queue<Runnable> completions) {
        this.unsafe = sockets;
        this.completions = completions;
    }

    CompletionStage<Void> stage() {
        return stage;
    }

    /** One more socket is safe, or not wanted any more. */
    void settle() {
        unsafe--;
        if (unsafe == 0) {
            completions.add(() -> stage.complete(null));
        }
    }

    /** Without effect after the first. */
    void fail(BrokerRefusal refusal) {
        unsafe = -1;
        completions.add(() -> stage.completeExceptionally(refusal));
    }
}
