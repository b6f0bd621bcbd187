package io.socketbroker.client;

import io.socketbroker.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** A channel of the JDK on its way to the broker. Any thread, one after another. */
final class NioSource implements HandedSocket {

    private final NetworkChannel channel;

    NioSource(NetworkChannel channel) {
        this.channel = channel;
    }

    @Override
    public CompletableFuture<Fd> prepare() {
        try {
            return CompletableFuture.completedFuture(descriptor());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Fd descriptor() {
        if (!(channel instanceof SocketChannel)
                && !(channel instanceof ServerSocketChannel)
                && !(channel instanceof DatagramChannel)) {
            throw new IllegalArgumentException("a " + channel.getClass().getName()
                    + " cannot be handed over: use a SocketChannel, ServerSocketChannel or DatagramChannel");
        }
        if (!channel.isOpen()) {
            throw new IllegalStateException("the channel is closed: " + channel);
        }
        // The JDK sends a FIN when it closes a connection that is registered with a selector, which would end it for
        // the broker too.
        if (((SelectableChannel) channel).isRegistered()) {
            throw new IllegalStateException(
                    "the channel is registered with a selector: cancel its key and call selectNow() first: " + channel);
        }
        try {
            var accessor = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            return new Fd((int) accessor.invoke(channel));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(
                    "the JDK does not tell the descriptor of a channel unless the JVM runs with"
                            + " --add-opens java.base/sun.nio.ch=ALL-UNNAMED",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no way to the descriptor of " + channel, e);
        }
    }

    @Override
    public CompletableFuture<Void> handedOver() {
        try {
            channel.close();
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new UncheckedIOException(e));
        }
    }

    @Override
    public CompletableFuture<Void> refused() {
        return CompletableFuture.completedFuture(null);
    }
}
