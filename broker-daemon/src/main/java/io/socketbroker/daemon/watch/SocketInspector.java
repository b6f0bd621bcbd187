package io.socketbroker.daemon.watch;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.SocketKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Finds out what a received descriptor is, and refuses what the broker does not take. Changes nothing of the socket. */
public final class SocketInspector {
    private static final int IPPROTO_MPTCP = 262;
    private static final String UNIX = "unix";
    private static final String DESCRIPTORS_UNREAD = "scm_fds:";

    private final Set<Endpoint> ownEndpoints;

    /** With the addresses of the broker's own sockets, which it must never hold as brokered ones. */
    public SocketInspector(Set<Endpoint> ownEndpoints) {
        this.ownEndpoints = Set.copyOf(ownEndpoints);
    }

    /**
     * Looks at a descriptor.
     *
     * @throws BrokerRefusal naming the field if it is not a socket that can be brokered
     */
    public Candidate inspect(Fd fd, String field) {
        int type = DescriptorFlags.socketType(fd)
                .orElseThrow(() -> new BrokerRefusal(
                        ErrorReason.ERROR_REASON_NOT_A_SOCKET,
                        field,
                        "the descriptor is not a socket; hand over sockets only"));
        // Connectionless sockets do not listen.
        boolean listening = type != Sockets.SOCK_DGRAM && SocketOptions.isListening(fd);
        Optional<Endpoint> local = Sockets.localEndpoint(fd);
        String protocol = protocol(fd, type, local, field);
        Optional<Endpoint> peer = listening ? Optional.empty() : Sockets.peerEndpoint(fd);
        if (protocol.equals(UNIX)) {
            refuseDangerous(fd, type, listening, local, peer, field);
        }
        SocketKind kind = kind(type, listening);
        requireUsable(kind, local, peer, field);
        return new Candidate(kind, protocol, SocketOptions.cookie(fd), local, peer, DescriptorFlags.isNonBlocking(fd));
    }

    /** The family is that of the address: of a batch of 253 each call counts. */
    private static String protocol(Fd fd, int type, Optional<Endpoint> local, String field) {
        boolean stream = type == Sockets.SOCK_STREAM;
        boolean datagram = type == Sockets.SOCK_DGRAM;
        Endpoint address = local.orElseGet(Endpoint.UnixUnnamed::new);
        if (address instanceof Endpoint.Inet) {
            int number = SocketOptions.protocol(fd);
            if (stream && (number == Sockets.IPPROTO_TCP || number == IPPROTO_MPTCP)) {
                return "tcp";
            }
            if (datagram && number == Sockets.IPPROTO_UDP) {
                return "udp";
            }
        } else if (!(address instanceof Endpoint.Other) && (stream || datagram || type == Sockets.SOCK_SEQPACKET)) {
            return UNIX;
        }
        throw new BrokerRefusal(
                ErrorReason.ERROR_REASON_SOCKET_KIND_UNSUPPORTED,
                field,
                "a socket of family " + SocketOptions.domain(fd) + ", type " + type + ", protocol "
                        + SocketOptions.protocol(fd) + " is not supported; TCP, UDP and unix sockets are");
    }

    private static SocketKind kind(int type, boolean listening) {
        if (listening) {
            return SocketKind.SOCKET_KIND_LISTENER;
        }
        return switch (type) {
            case Sockets.SOCK_STREAM -> SocketKind.SOCKET_KIND_STREAM;
            case Sockets.SOCK_SEQPACKET -> SocketKind.SOCKET_KIND_SEQPACKET;
            default -> SocketKind.SOCKET_KIND_DATAGRAM;
        };
    }

    private static void requireUsable(
            SocketKind kind, Optional<Endpoint> local, Optional<Endpoint> peer, String field) {
        boolean connection = kind == SocketKind.SOCKET_KIND_STREAM || kind == SocketKind.SOCKET_KIND_SEQPACKET;
        if (connection && peer.isEmpty()) {
            throw notUsable(field, "is neither connected nor listening, or its connection has ended");
        }
        boolean bound = switch (local.orElseGet(Endpoint.UnixUnnamed::new)) {
            case Endpoint.Inet inet -> inet.port() != 0;
            case Endpoint.UnixUnnamed _ -> false;
            default -> true;
        };
        if (kind == SocketKind.SOCKET_KIND_DATAGRAM && peer.isEmpty() && !bound) {
            throw notUsable(field, "is a datagram socket that is neither bound nor connected");
        }
    }

    /** Sockets in sockets that the broker holds make cycles that only the kernel's garbage collector ends (unix(7)). */
    private void refuseDangerous(
            Fd fd, int type, boolean listening, Optional<Endpoint> local, Optional<Endpoint> peer, String field) {
        if (local.filter(ownEndpoints::contains).isPresent()
                || peer.filter(ownEndpoints::contains).isPresent()) {
            throw forbidden(field, "is one of the broker's own sockets, or connected to one");
        }
        if (type == Sockets.SOCK_STREAM && !listening && Sockets.bytesAvailable(fd) == 0) {
            // In a stream descriptors come with bytes, and the file below takes long.
            return;
        }
        try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + fd.number()))) {
            boolean unread = lines.filter(line -> line.startsWith(DESCRIPTORS_UNREAD))
                    .anyMatch(line ->
                            !line.substring(DESCRIPTORS_UNREAD.length()).strip().equals("0"));
            if (unread) {
                throw forbidden(field, "has received descriptors that are unread; receive them first");
            }
        } catch (IOException e) {
            throw forbidden(field, "cannot be examined: " + e.getMessage());
        }
    }

    private static BrokerRefusal notUsable(String field, String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_SOCKET_NOT_USABLE, field, message);
    }

    private static BrokerRefusal forbidden(String field, String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_SOCKET_FORBIDDEN, field, message);
    }
}
