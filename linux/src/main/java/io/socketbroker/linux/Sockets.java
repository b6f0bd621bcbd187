package io.socketbroker.linux;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes sockets and moves bytes (socket(2), bind(2), connect(2), accept(2), recv(2), send(2)).
 *
 * <p>Thread-safe; bytes and addresses pass through native memory of the calling thread. Every new socket has FD_CLOEXEC
 * and is blocking unless said otherwise. Failures are {@link LinuxException}s.
 */
public final class Sockets {

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_SEQPACKET = 5;
    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_UDP = 17;
    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    /** Returned instead of EAGAIN. */
    public static final int WOULD_BLOCK = Io.WOULD_BLOCK;

    private static final int ACCEPT_ATTEMPTS = 16;

    private Sockets() {}

    /** Two connected unix sockets; closing it closes both, as far as they are still owned. */
    public record Pair(OwnedFd first, OwnedFd second) implements AutoCloseable {
        @Override
        public void close() {
            first.close();
            second.close();
        }
    }

    /** A socket, not yet bound. */
    public static OwnedFd open(int domain, int type, int protocol) {
        int number = LibcSockets.SOCKET.call(domain, type | Abi.SOCK_CLOEXEC, protocol);
        return OwnedFd.own(LinuxException.check("socket", number));
    }

    /**
     * Two connected unix sockets (socketpair(2)).
     *
     * @param type {@link #SOCK_STREAM}, {@link #SOCK_DGRAM} or {@link #SOCK_SEQPACKET}
     */
    public static Pair pair(int type) {
        var memory = ThreadMemory.current().option();
        int result = LibcSockets.SOCKETPAIR.call(AF_UNIX, type | Abi.SOCK_CLOEXEC, 0, memory.address());
        LinuxException.check("socketpair", result);
        return new Pair(OwnedFd.own(memory.getInt(0)), OwnedFd.own(memory.getInt(Integer.BYTES)));
    }

    /**
     * Binds a socket to an address of its own family; {@link Endpoint.UnixUnnamed} lets the kernel choose an abstract
     * name.
     */
    public static void bind(Fd socket, Endpoint endpoint) {
        var memory = ThreadMemory.current().address();
        int length = SocketAddressCodec.encode("bind", endpoint, memory);
        int result = LibcSockets.BIND.call(socket.number(), memory.address(), length);
        LinuxException.check("bind", socket, endpoint, result);
    }

    /** Makes a bound socket a listening one; the kernel caps the backlog at net.core.somaxconn. */
    public static void listen(Fd socket, int backlog) {
        LinuxException.check("listen", socket, LibcSockets.LISTEN.call(socket.number(), backlog));
    }

    /**
     * Connects a blocking socket and waits for the result, across EINTR.
     *
     * @throws LinuxException for example ECONNREFUSED; EINPROGRESS or EAGAIN on a non-blocking socket
     */
    public static void connect(Fd socket, Endpoint endpoint) {
        SocketFactory.connect(socket, endpoint);
    }

    /**
     * A listening TCP socket with SO_REUSEADDR. An IPv6 address takes IPv6 only (IPV6_V6ONLY), except the wildcard
     * "::", which takes IPv4 as well.
     *
     * @param address port 0 lets the kernel choose
     */
    public static OwnedFd listenTcp(InetSocketAddress address, int backlog) {
        return SocketFactory.listenTcp(address, backlog);
    }

    /** A connected, blocking TCP socket. */
    public static OwnedFd connectTcp(InetSocketAddress address) {
        return SocketFactory.connectTcp(address);
    }

    /**
     * A bound UDP socket; for IPv6 as {@link #listenTcp}, but without SO_REUSEADDR, which would let two share a port.
     */
    public static OwnedFd bindUdp(InetSocketAddress address) {
        return SocketFactory.bindUdp(address);
    }

    /**
     * A listening unix socket of type {@link #SOCK_STREAM} or {@link #SOCK_SEQPACKET}. The path must not exist and
     * stays after the close.
     *
     * @throws LinuxException EADDRINUSE if the path exists, ENAMETOOLONG above 107 bytes
     */
    public static OwnedFd listenUnix(Path path, int type, int backlog) {
        return SocketFactory.listenUnix(path, type, backlog);
    }

    /**
     * A connected, blocking unix socket.
     *
     * @throws LinuxException ENOENT without the path, ECONNREFUSED if nobody listens there, ENAMETOOLONG above 107
     *     bytes
     */
    public static OwnedFd connectUnix(Path path, int type) {
        return SocketFactory.connectUnix(path, type);
    }

    /**
     * Takes one waiting connection. EINTR and ECONNABORTED (the peer gave up meanwhile) are tried again up to 16 times,
     * then thrown.
     *
     * @param nonBlocking whether the new socket gets O_NONBLOCK; waiting is decided by the listener's own flag
     * @return empty if none waits on a non-blocking listener
     * @throws LinuxException EMFILE or ENFILE without free descriptors: the connection keeps waiting
     */
    public static Optional<OwnedFd> accept(Fd listener, boolean nonBlocking) {
        int flags = Abi.SOCK_CLOEXEC | (nonBlocking ? Abi.SOCK_NONBLOCK : 0);
        int result = LibcSockets.ACCEPT4.call(listener.number(), 0, 0, flags);
        for (int attempt = 1; attempt < ACCEPT_ATTEMPTS; attempt++) {
            if (result != -Errno.EINTR && result != -Errno.ECONNABORTED) {
                break;
            }
            result = LibcSockets.ACCEPT4.call(listener.number(), 0, 0, flags);
        }
        if (result == -Errno.EAGAIN) {
            return Optional.empty();
        }
        return Optional.of(OwnedFd.own(LinuxException.check("accept4", listener, result)));
    }

    /**
     * Ends one or both directions for all duplicates of the socket. Without effect if it is not connected any more.
     *
     * @param how {@link #SHUT_RD}, {@link #SHUT_WR} or {@link #SHUT_RDWR}
     */
    public static void shutdown(Fd socket, int how) {
        int result = LibcSockets.SHUTDOWN.call(socket.number(), how);
        if (result != -Errno.ENOTCONN) {
            LinuxException.check("shutdown", socket, result);
        }
    }

    /**
     * The address the socket is bound to (getsockname(2)); a socket that is not bound has a wildcard address or is
     * unnamed.
     */
    public static Optional<Endpoint> localEndpoint(Fd socket) {
        return endpoint(socket, LibcSockets.GETSOCKNAME, "getsockname");
    }

    /** The address it is connected to (getpeername(2)); empty if it is not connected. */
    public static Optional<Endpoint> peerEndpoint(Fd socket) {
        return endpoint(socket, LibcSockets.GETPEERNAME, "getpeername");
    }

    private static Optional<Endpoint> endpoint(Fd socket, NativeFunction function, String call) {
        var memory = ThreadMemory.current();
        memory.optionLength().setInt(0, Abi.SOCKADDR_STORAGE_SIZE);
        int result = function.call(
                socket.number(),
                memory.address().address(),
                memory.optionLength().address());
        if (result == -Errno.ENOTCONN) {
            return Optional.empty();
        }
        LinuxException.check(call, socket, result);
        return Optional.of(SocketAddressCodec.decode(
                memory.address(), memory.optionLength().getInt(0)));
    }

    /**
     * How many bytes wait to be received (ioctl FIONREAD); of a datagram socket, the size of the next datagram.
     *
     * @throws LinuxException EINVAL on a listening socket
     */
    public static int bytesAvailable(Fd socket) {
        var memory = ThreadMemory.current().option();
        int result = LibcDescriptors.IOCTL.call(socket.number(), Abi.FIONREAD, memory.address());
        LinuxException.check("ioctl(FIONREAD)", socket, result);
        return memory.getInt(0);
    }

    /**
     * How many sent bytes the peer has not acknowledged, or on a unix socket not read (ioctl SIOCOUTQ, tcp(7), unix(7)).
     *
     * @throws LinuxException EINVAL on a listening socket
     */
    public static int bytesUnacknowledged(Fd socket) {
        var memory = ThreadMemory.current().option();
        int result = LibcDescriptors.IOCTL.call(socket.number(), Abi.SIOCOUTQ, memory.address());
        LinuxException.check("ioctl(SIOCOUTQ)", socket, result);
        return memory.getInt(0);
    }

    /**
     * Who sent the datagram that is received next; leaves it in the socket and never blocks. Empty if none waits or its
     * sender has no address.
     */
    public static Optional<Endpoint> nextSource(Fd socket) {
        var memory = ThreadMemory.current();
        var buffer = memory.buffer(1);
        memory.optionLength().setInt(0, Abi.SOCKADDR_STORAGE_SIZE);
        int count = LibcSockets.RECVFROM.call(
                socket.number(),
                buffer.address(),
                1,
                Abi.MSG_PEEK | Abi.MSG_DONTWAIT,
                memory.address().address(),
                memory.optionLength().address());
        buffer.keepReachable();
        if (count == -Errno.EAGAIN) {
            return Optional.empty();
        }
        LinuxException.check("recvfrom(MSG_PEEK)", socket, count);
        int length = memory.optionLength().getInt(0);
        return length == 0 ? Optional.empty() : Optional.of(SocketAddressCodec.decode(memory.address(), length));
    }

    /**
     * Copies waiting bytes and leaves them in the socket (MSG_PEEK); never blocks. The rest of a longer datagram is not
     * reported.
     *
     * @param into not empty
     * @return the count, 0 at the end of the stream or for an empty datagram, or {@link #WOULD_BLOCK}
     * @throws LinuxException a pending error of the socket, such as ECONNRESET
     */
    public static int peek(Fd socket, byte[] into) {
        return receive(socket, into, Abi.MSG_PEEK | Abi.MSG_DONTWAIT, "recv(MSG_PEEK)");
    }

    /** Takes waiting bytes; never blocks. As {@link #peek}, but the rest of a longer datagram is lost. */
    public static int receive(Fd socket, byte[] into) {
        return receive(socket, into, Abi.MSG_DONTWAIT, "recv");
    }

    private static int receive(Fd socket, byte[] into, int flags, String call) {
        NativeIo.requireRoom(into);
        var buffer = ThreadMemory.current().buffer(into.length);
        int count = LibcSockets.RECV.call(socket.number(), buffer.address(), into.length, flags);
        return NativeIo.received(call, socket, count, buffer, into);
    }

    /**
     * Sends bytes; never blocks and never raises SIGPIPE.
     *
     * @return the count, which may be short on a stream, or {@link #WOULD_BLOCK}
     * @throws LinuxException EPIPE or ECONNRESET if the peer is gone, EMSGSIZE for a datagram too long
     */
    public static int send(Fd socket, byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        var buffer = ThreadMemory.current().buffer(length);
        buffer.setBytes(0, data, offset, length);
        int count =
                LibcSockets.SEND.call(socket.number(), buffer.address(), length, Abi.MSG_NOSIGNAL | Abi.MSG_DONTWAIT);
        buffer.keepReachable();
        return NativeIo.transferred("send", socket, count);
    }
}
