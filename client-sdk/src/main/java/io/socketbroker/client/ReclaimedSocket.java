package io.socketbroker.client;

import io.netty.channel.Channel;
import io.socketbroker.linux.OwnedFd;

/**
 * A socket that is the program's again. Closing this object closes the descriptor unless it was taken out. Any thread,
 * one after another.
 */
public final class ReclaimedSocket implements AutoCloseable {

    private final BrokeredSocket socket;
    private final OwnedFd descriptor;

    ReclaimedSocket(BrokeredSocket socket, OwnedFd descriptor) {
        this.socket = socket;
        this.descriptor = descriptor;
    }

    /** As the broker knew it last. */
    public BrokeredSocket socket() {
        return socket;
    }

    /** The id it had. */
    public String id() {
        return socket.id();
    }

    /** The bytes that were left with it. */
    public byte[] context() {
        return socket.context();
    }

    /** The generation of the last owner's period. */
    public long generation() {
        return socket.generation();
    }

    /**
     * The descriptor, with FD_CLOEXEC; O_NONBLOCK as it was when the program handed it over. The same object as long as
     * it is not given to Netty.
     */
    public OwnedFd descriptor() {
        return descriptor;
    }

    /**
     * A Netty channel of the epoll transport that owns the descriptor from now on, of the class for its kind and not
     * yet registered: add handlers to its pipeline, then register it with an event loop. A listener goes to {@code new
     * ServerBootstrap().channelFactory(() -> channel).register()}.
     *
     * @throws IllegalStateException if the descriptor was taken out or closed before
     */
    public Channel toNettyChannel() {
        return NettySockets.adopt(descriptor);
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return "reclaimed socket " + id() + " on " + descriptor;
    }
}
