package io.socketbroker.client;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.util.concurrent.CompletableFuture;

/** A bare descriptor on its way to the broker. Any thread, one after another. */
final class DescriptorSource implements HandedSocket {

    private final OwnedFd descriptor;

    DescriptorSource(OwnedFd descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public CompletableFuture<Fd> prepare() {
        try {
            return CompletableFuture.completedFuture(descriptor.fd());
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> handedOver() {
        try {
            descriptor.close();
            return CompletableFuture.completedFuture(null);
        } catch (LinuxException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> refused() {
        return CompletableFuture.completedFuture(null);
    }
}
