package io.socketbroker.linux;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Sockets that are ready for use, or closed again if a step fails. Stateless; see {@link Sockets} for the contracts.
 */
final class SocketFactory {

    private static final int WAIT_FOREVER = -1;

    private SocketFactory() {}

    static OwnedFd listenTcp(InetSocketAddress address, int backlog) {
        var endpoint = Endpoint.of(address);
        return inet(endpoint, Sockets.SOCK_STREAM, Sockets.IPPROTO_TCP, socket -> {
            SocketOptions.setReuseAddress(socket, true);
            bindInet(socket, endpoint);
            Sockets.listen(socket, backlog);
        });
    }

    static OwnedFd connectTcp(InetSocketAddress address) {
        var endpoint = Endpoint.of(address);
        return inet(endpoint, Sockets.SOCK_STREAM, Sockets.IPPROTO_TCP, socket -> connect(socket, endpoint));
    }

    static OwnedFd bindUdp(InetSocketAddress address) {
        var endpoint = Endpoint.of(address);
        return inet(endpoint, Sockets.SOCK_DGRAM, Sockets.IPPROTO_UDP, socket -> bindInet(socket, endpoint));
    }

    static OwnedFd listenUnix(Path path, int type, int backlog) {
        var endpoint = new Endpoint.UnixPath(path.toString());
        return configure(Sockets.open(Sockets.AF_UNIX, type, 0), socket -> {
            Sockets.bind(socket, endpoint);
            Sockets.listen(socket, backlog);
        });
    }

    static OwnedFd connectUnix(Path path, int type) {
        var endpoint = new Endpoint.UnixPath(path.toString());
        return configure(Sockets.open(Sockets.AF_UNIX, type, 0), socket -> connect(socket, endpoint));
    }

    private static void bindInet(Fd socket, Endpoint.Inet endpoint) {
        if (endpoint.address() instanceof Inet6Address v6) {
            SocketOptions.setV6Only(socket, !v6.isAnyLocalAddress());
        }
        Sockets.bind(socket, endpoint);
    }

    private static OwnedFd inet(Endpoint.Inet endpoint, int type, int protocol, Consumer<Fd> steps) {
        int family = SocketAddressCodec.family(endpoint.address());
        return configure(Sockets.open(family, type, protocol), steps);
    }

    private static OwnedFd configure(OwnedFd socket, Consumer<Fd> steps) {
        try {
            steps.accept(socket.fd());
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * connect(2) across EINTR: an interrupted TCP connect goes on by itself, and a second call waits for it, or says
     * EALREADY or EISCONN; an interrupted unix connect has not begun, and the second call begins it.
     */
    static void connect(Fd socket, Endpoint endpoint) {
        var memory = ThreadMemory.current().address();
        int length = SocketAddressCodec.encode("connect", endpoint, memory);
        int result = LibcSockets.CONNECT.call(socket.number(), memory.address(), length);
        boolean interrupted = result == -Errno.EINTR;
        while (result == -Errno.EINTR) {
            result = LibcSockets.CONNECT.call(socket.number(), memory.address(), length);
        }
        if (interrupted && result == -Errno.EALREADY) {
            result = awaitConnected(socket);
        }
        if (!(interrupted && result == -Errno.EISCONN)) {
            LinuxException.check("connect", socket, endpoint, result);
        }
    }

    private static int awaitConnected(Fd socket) {
        var memory = ThreadMemory.current().option();
        int result;
        do {
            memory.setInt(0, socket.number());
            memory.setInt(Abi.POLLFD_EVENTS_OFFSET, Abi.POLLOUT);
            result = LibcSockets.POLL.call(memory.address(), 1, WAIT_FOREVER);
        } while (result == -Errno.EINTR);
        LinuxException.check("poll", socket, result);
        return -SocketOptions.takeError(socket);
    }
}
