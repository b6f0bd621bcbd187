package io.socketbroker.daemon.rpc;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.socketbroker.linux.OwnedFd;
import java.net.SocketAddress;

/**
 * A listening unix socket that somebody else has bound. gRPC binds every server channel, which a bound socket refuses, so
 * this one, when it is to be bound, puts Netty's channel of the socket on its event loop and passes on what that accepts.
 * The path stays when it is closed: it is its maker's.
 */
final class InheritedServerChannel extends AbstractServerChannel {
    private final EpollServerDomainSocketChannel listener;
    private volatile boolean bound;

    /** Becomes the owner of the descriptor, which must be non-blocking. */
    InheritedServerChannel(OwnedFd descriptor) {
        listener = new EpollServerDomainSocketChannel(descriptor.release(), true);
    }

    @Override
    protected void doBind(SocketAddress address) {
        bound = true;
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object connection) {
                pipeline().fireChannelRead(connection);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
                // The server pauses for a second then, by the configuration that both share.
                pipeline().fireExceptionCaught(failure);
            }
        });
        var _ = eventLoop().register(listener);
    }

    @Override
    protected void doClose() {
        var _ = listener.close();
    }

    /** The listener reads by itself, as its configuration says. */
    @Override
    protected void doBeginRead() {}

    @Override
    public ChannelConfig config() {
        return listener.config();
    }

    @Override
    public boolean isOpen() {
        return listener.isOpen();
    }

    @Override
    public boolean isActive() {
        return bound && listener.isOpen();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return listener.localAddress();
    }
}
