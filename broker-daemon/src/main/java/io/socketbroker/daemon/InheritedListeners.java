package io.socketbroker.daemon;

import io.socketbroker.daemon.supervisor.InheritedDescriptors;
import io.socketbroker.daemon.supervisor.InheritedDescriptors.Inherited;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The listeners of grpc.sock and fd.sock that the service manager made, or a former broker that became this one. It names all listeners of a socket unit alike, so
 * those of the name {@link #UNIT_NAME} are told apart by their type.
 *
 * @param grpc the listener of grpc.sock, non-blocking
 * @param fd the listener of fd.sock, non-blocking
 * @param own names of those that a former broker made itself
 */
record InheritedListeners(Optional<OwnedFd> grpc, Optional<OwnedFd> fd, Set<String> own) {
    /** FileDescriptorName= of the shipped socket units. */
    static final String UNIT_NAME = "socketbroker";

    /** Before the name of a listener that a broker made and gave to its successor. */
    static final String OWN = "own-";

    private static final List<String> SOCKETS = List.of(RuntimeDirectory.GRPC_SOCKET, RuntimeDirectory.FD_SOCKET);

    /**
     * Takes them from what was inherited.
     *
     * @param runtimeDirectory where they must be bound, since that is where everybody looks for them
     * @throws IOException if one with such a name is something else, or there are two of a kind; all are closed then
     */
    static InheritedListeners take(InheritedDescriptors inherited, Path runtimeDirectory) throws IOException {
        List<Inherited> candidates =
                inherited.takeNamed(name -> name.equals(UNIT_NAME) || SOCKETS.contains(withoutOwner(name)));
        try {
            Map<String, OwnedFd> listeners = new HashMap<>();
            Set<String> own = new HashSet<>();
            for (Inherited candidate : candidates) {
                String socket = socketOf(candidate);
                requireListener(candidate, socket, runtimeDirectory);
                if (candidate.name().startsWith(OWN)) {
                    own.add(socket);
                }
                if (listeners.put(socket, candidate.descriptor()) != null) {
                    throw refusal(candidate, "is the second one for " + socket);
                }
                DescriptorFlags.setNonBlocking(candidate.descriptor().fd(), true);
            }
            return new InheritedListeners(
                    Optional.ofNullable(listeners.get(RuntimeDirectory.GRPC_SOCKET)),
                    Optional.ofNullable(listeners.get(RuntimeDirectory.FD_SOCKET)),
                    own);
        } catch (IOException | LinuxException e) {
            candidates.forEach(candidate -> candidate.descriptor().close());
            throw e;
        }
    }

    /** Names of the sockets that are among them. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        grpc.ifPresent(_ -> names.add(RuntimeDirectory.GRPC_SOCKET));
        fd.ifPresent(_ -> names.add(RuntimeDirectory.FD_SOCKET));
        return names;
    }

    /** Names of those among them that the service manager made. */
    Set<String> foreignNames() {
        Set<String> names = names();
        names.removeAll(own);
        return names;
    }

    private static String withoutOwner(String name) {
        return name.startsWith(OWN) ? name.substring(OWN.length()) : name;
    }

    private static String socketOf(Inherited candidate) throws IOException {
        String name = withoutOwner(candidate.name());
        if (SOCKETS.contains(name)) {
            return name;
        }
        Fd fd = candidate.descriptor().fd();
        return SOCKETS.stream()
                .filter(socket -> DescriptorFlags.isSocket(fd) && SocketOptions.type(fd) == typeOf(socket))
                .findFirst()
                .orElseThrow(() -> refusal(candidate, "is neither a stream nor a seqpacket socket"));
    }

    private static int typeOf(String socket) {
        return socket.equals(RuntimeDirectory.FD_SOCKET) ? Sockets.SOCK_SEQPACKET : Sockets.SOCK_STREAM;
    }

    private static void requireListener(Inherited candidate, String socket, Path runtimeDirectory) throws IOException {
        Fd fd = candidate.descriptor().fd();
        if (!DescriptorFlags.isSocket(fd)
                || SocketOptions.domain(fd) != Sockets.AF_UNIX
                || SocketOptions.type(fd) != typeOf(socket)
                || !SocketOptions.isListening(fd)) {
            throw refusal(
                    candidate,
                    "is not a listening unix socket of the type of " + socket
                            + " (ListenStream= for grpc.sock, ListenSequentialPacket= for fd.sock)");
        }
        Path expected = runtimeDirectory.toAbsolutePath().normalize().resolve(socket);
        if (!(Sockets.localEndpoint(fd).orElse(null) instanceof Endpoint.UnixPath(String bound))
                || !isSame(Path.of(bound), expected)) {
            throw refusal(
                    candidate,
                    "is bound to "
                            + Sockets.localEndpoint(fd).map(Object::toString).orElse("nothing") + ", not to " + expected
                            + ": the socket unit and --runtime-dir must name the same folder");
        }
    }

    /** The paths may differ by links. A socket whose path was removed cannot be compared by its file. */
    private static boolean isSame(Path bound, Path expected) throws IOException {
        return bound.equals(expected)
                || (Files.exists(bound) && Files.exists(expected) && Files.isSameFile(bound, expected));
    }

    private static IOException refusal(Inherited candidate, String why) {
        return new IOException("descriptor " + candidate.descriptor().number() + ", which the service manager calls '"
                + candidate.name() + "', " + why);
    }
}
