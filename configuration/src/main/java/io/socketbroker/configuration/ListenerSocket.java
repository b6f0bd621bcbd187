package io.socketbroker.configuration;

import io.socketbroker.configuration.ListenerDeclaration.Making;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Makes the kernel sockets of declared listeners, in the network of the calling process. Thread-safe; does not block. */
public final class ListenerSocket {
    private static final String SOCKET_TYPE = "unix:mode";
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private ListenerSocket() {}

    /**
     * A new socket, bound, and listening if it can. The path of a unix socket that nobody has open is taken over.
     *
     * @param at from {@link ListenAddress#resolve}
     * @throws LinuxException EADDRINUSE if somebody else is there, EACCES, EADDRNOTAVAIL and so on
     * @throws IOException if the permissions of a path cannot be set
     */
    public static OwnedFd open(ListenerDeclaration listener, Endpoint at) throws IOException {
        OwnedFd socket = Sockets.open(
                domain(at),
                type(listener.address().kind()),
                protocol(listener.address().kind()));
        try {
            prepare(socket.fd(), listener, at);
            if (at instanceof Endpoint.UnixPath(String path)) {
                takeOver(Path.of(path));
            }
            Sockets.bind(socket.fd(), at);
            tune(socket.fd(), listener);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Gives a socket that is there the backlog and the permissions that are declared; it stays the same kernel socket.
     *
     * @throws IOException if the permissions cannot be set
     */
    public static void tune(Fd socket, ListenerDeclaration listener) throws IOException {
        Making making = listener.making();
        if (making.mode().isPresent()) {
            Files.setPosixFilePermissions(
                    Path.of(listener.address().path()),
                    permissions(making.mode().get()));
        }
        if (listener.address().kind().listens()) {
            // Before this nobody can connect; on a listening socket it only sets the backlog.
            Sockets.listen(socket, making.backlog());
        }
    }

    /** Removes the path of a unix socket that is closed; nothing happens if there is none, or if it is not ours. */
    public static void removePath(String endpoint) {
        if (endpoint.startsWith("unix:/")) {
            try {
                takeOver(Path.of(endpoint.substring("unix:".length())));
            } catch (IOException _) {
                // In a folder where this process may not write: whoever made it removes it.
            }
        }
    }

    private static void prepare(Fd socket, ListenerDeclaration listener, Endpoint at) {
        Making making = listener.making();
        boolean tcp = listener.address().kind() == ListenAddress.Kind.TCP;
        if (tcp) {
            SocketOptions.setReuseAddress(socket, true);
            SocketOptions.setKeepAlive(socket, making.tcpKeepAlive());
        }
        if (making.reusePort()) {
            SocketOptions.setReusePort(socket, true);
        }
        if (at instanceof Endpoint.Inet inet && inet.address() instanceof Inet6Address v6) {
            SocketOptions.setV6Only(socket, making.ipv6Only().orElse(!v6.isAnyLocalAddress()));
        }
    }

    /** Removes the path of a socket whose process has ended: connect(2) on it says ECONNREFUSED, on a live one it never does. */
    private static void takeOver(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                || ((int) Files.getAttribute(path, SOCKET_TYPE, LinkOption.NOFOLLOW_LINKS) & S_IFMT) != S_IFSOCK) {
            return;
        }
        // A datagram socket connects to no listener, so that nobody is woken by this.
        try (OwnedFd probe = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0)) {
            Sockets.connect(probe.fd(), new Endpoint.UnixPath(path.toString()));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int bit = 0; bit < all.length; bit++) {
            // From OWNER_READ, which is 0400, to OTHERS_EXECUTE, which is 0001.
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(all[bit]);
            }
        }
        return permissions;
    }

    private static int domain(Endpoint at) {
        if (at instanceof Endpoint.Inet inet) {
            return inet.address() instanceof Inet6Address ? Sockets.AF_INET6 : Sockets.AF_INET;
        }
        return Sockets.AF_UNIX;
    }

    private static int type(ListenAddress.Kind kind) {
        return switch (kind) {
            case TCP, UNIX -> Sockets.SOCK_STREAM;
            case UDP, UNIX_DATAGRAM -> Sockets.SOCK_DGRAM;
            case UNIX_SEQPACKET -> Sockets.SOCK_SEQPACKET;
        };
    }

    private static int protocol(ListenAddress.Kind kind) {
        return switch (kind) {
            case TCP -> Sockets.IPPROTO_TCP;
            case UDP -> Sockets.IPPROTO_UDP;
            case UNIX, UNIX_DATAGRAM, UNIX_SEQPACKET -> 0;
        };
    }
}
