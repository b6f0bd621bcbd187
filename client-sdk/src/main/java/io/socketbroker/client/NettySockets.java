package io.socketbroker.client;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;

/**
 * Puts descriptors into channels of Netty's epoll transport. Stateless; any thread. Apart from other classes so that
 * only its users load Netty.
 */
public final class NettySockets {

    private NettySockets() {}

    /**
     * A channel of the class for its kind, not yet registered. It owns the descriptor afterwards; on failure that stays
     * the caller's. For a leased socket: {@link ActivatedSocket#takeDescriptor} first, and close the channel when the
     * lease has ended.
     */
    public static Channel adopt(OwnedFd descriptor) {
        Epoll.ensureAvailability();
        var fd = descriptor.fd();
        boolean unix = SocketOptions.domain(fd) == Sockets.AF_UNIX;
        int type = SocketOptions.type(fd);
        boolean listening = SocketOptions.isListening(fd);
        if (type != Sockets.SOCK_STREAM && type != Sockets.SOCK_DGRAM) {
            throw new IllegalArgumentException(
                    "Netty has no channel for sockets of type " + type + " (SOCK_SEQPACKET is 5)");
        }
        // Netty does not do it by itself, and a blocking descriptor would stall the event loop.
        DescriptorFlags.setNonBlocking(fd, true);
        int number = descriptor.release();
        if (type == Sockets.SOCK_DGRAM) {
            return unix ? new EpollDomainDatagramChannel(number) : new EpollDatagramChannel(number);
        }
        if (listening) {
            return unix ? new EpollServerDomainSocketChannel(number) : new EpollServerSocketChannel(number);
        }
        return unix ? new EpollDomainSocketChannel(number) : new EpollSocketChannel(number);
    }
}
