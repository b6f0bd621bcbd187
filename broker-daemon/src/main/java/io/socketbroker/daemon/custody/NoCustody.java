package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.linux.Fd;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Nobody but the broker: when its process ends, its descriptors are closed. */
public final class NoCustody implements Custody {
    private static final CompletionStage<Void> SAFE = CompletableFuture.completedStage(null);

    @Override
    public String name() {
        return "none";
    }

    @Override
    public CompletionStage<Void> put(Map<Slot, Fd> descriptors) {
        return SAFE;
    }

    @Override
    public void drop(Slot slot) {}

    @Override
    public void close() {}
}
