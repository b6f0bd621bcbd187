package io.socketbroker.client;

import io.socketbroker.linux.Fd;
import java.util.concurrent.CompletableFuture;

/**
 * A socket of the program on its way to the broker. First {@link #prepare}, then exactly one of {@link #handedOver} and
 * {@link #refused}, also when the preparation failed. None of them blocks.
 */
sealed interface HandedSocket permits DescriptorSource, NettySource, NioSource {

    /** Stops its use by the program and lends its descriptor. */
    CompletableFuture<Fd> prepare();

    /** The broker has it: the program's copy is closed. */
    CompletableFuture<Void> handedOver();

    /** The broker does not have it: its use by the program goes on as before. */
    CompletableFuture<Void> refused();

    /** Whether the calling thread is the one that serves the socket, so that it must not wait for a hand-over. */
    default boolean isCallersThread() {
        return false;
    }
}
