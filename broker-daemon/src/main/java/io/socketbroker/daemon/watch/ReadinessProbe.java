package io.socketbroker.daemon.watch;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.Activity;
import io.socketbroker.daemon.core.Readiness;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseCause;
import java.util.Optional;

/** Tells data from the end of a connection without consuming either. */
public final class ReadinessProbe {
    private final byte[] oneByte = new byte[1];

    /** What epoll's report about this socket means. */
    public Readiness look(Fd fd, Activity.Look look, int events) {
        return switch (look.kind()) {
            case SOCKET_KIND_LISTENER -> listener(fd, events);
            case SOCKET_KIND_DATAGRAM -> datagram(fd, look, events);
            default -> connection(fd, look, events);
        };
    }

    /** With what the rules of the socket want to see. Bytes that come meanwhile are not counted, and seen the next time. */
    private static Readiness.Data data(Fd fd, Activity.Look look, boolean peerClosed) {
        int available = Sockets.bytesAvailable(fd);
        ByteString head = ByteString.EMPTY;
        if (look.peekBytes() > 0 && available > 0) {
            byte[] bytes = new byte[Math.min(look.peekBytes(), available)];
            int count = Sockets.peek(fd, bytes);
            head = ByteString.copyFrom(bytes, 0, Math.max(0, count));
        }
        return new Readiness.Data(
                available, peerClosed, head, look.source() ? Sockets.nextSource(fd) : Optional.empty());
    }

    private static Readiness listener(Fd fd, int events) {
        if ((events & (Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0) {
            return ended(SocketOptions.takeError(fd));
        }
        return new Readiness.Connection();
    }

    /**
     * An error on a UDP socket is an ICMP message about a datagram that was sent: the socket goes on, and the error is
     * taken off it, or it would be reported without end. On a unix datagram socket the peer is gone.
     */
    private Readiness datagram(Fd fd, Activity.Look look, int events) {
        if ((events & Epoll.EPOLLERR) != 0) {
            int error = SocketOptions.takeError(fd);
            if (look.unix() && error != 0) {
                return ended(error);
            }
        }
        try {
            return Sockets.peek(fd, oneByte) == Sockets.WOULD_BLOCK
                    ? (events & Epoll.EPOLLHUP) != 0 ? ended(0) : new Readiness.Nothing()
                    : data(fd, look, false);
        } catch (LinuxException e) {
            return look.unix() ? ended(e.errno()) : new Readiness.Nothing();
        }
    }

    /** Unread bytes come first, whatever else happened: recv(2) returns them even after a reset. */
    private Readiness connection(Fd fd, Activity.Look look, int events) {
        boolean peerClosed = (events & (Epoll.EPOLLRDHUP | Epoll.EPOLLHUP)) != 0;
        int count;
        try {
            count = Sockets.peek(fd, oneByte);
        } catch (LinuxException e) {
            return ended(e.errno());
        }
        if (count == Sockets.WOULD_BLOCK) {
            return peerClosed || (events & Epoll.EPOLLERR) != 0
                    ? ended(SocketOptions.takeError(fd))
                    : new Readiness.Nothing();
        }
        if (count > 0 || (!peerClosed && SocketOptions.type(fd) == Sockets.SOCK_SEQPACKET)) {
            // An empty SEQPACKET record is data, and also reads as 0.
            return data(fd, look, peerClosed);
        }
        return ended(0);
    }

    private static Readiness ended(int error) {
        CloseCause cause = switch (error) {
            case 0 -> CloseCause.CLOSE_CAUSE_FIN;
            case Errno.ECONNRESET, Errno.EPIPE -> CloseCause.CLOSE_CAUSE_RESET;
            case Errno.ETIMEDOUT -> CloseCause.CLOSE_CAUSE_TIMEOUT;
            default -> CloseCause.CLOSE_CAUSE_ERROR;
        };
        return new Readiness.Ended(cause, error);
    }
}
