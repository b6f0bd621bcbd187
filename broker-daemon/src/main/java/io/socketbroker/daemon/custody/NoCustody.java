package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import java.util.List;
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
    public Recovery recover() {
        return Recovery.NOTHING;
    }

    @Override
    public void serve(EventLoop loop, Refill refill) {}

    @Override
    public CompletionStage<Void> put(List<Held> sockets) {
        return SAFE;
    }

    @Override
    public void drop(Slot slot, long cookie) {}

    @Override
    public CompletionStage<List<InCustody>> inventory() {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public boolean isWhole() {
        return false;
    }

    @Override
    public int holderPid() {
        return 0;
    }

    @Override
    public void close() {}
}
