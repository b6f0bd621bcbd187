package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.SocketKind;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Kinds of sockets that talk to one peer, each with the way to make a pair of them. */
enum Kind {
    TCP_V4("tcp", SocketKind.SOCKET_KIND_STREAM) {
        @Override
        Link open(Path folder) {
            return Link.tcp("127.0.0.1");
        }
    },
    TCP_V6("tcp", SocketKind.SOCKET_KIND_STREAM) {
        @Override
        Link open(Path folder) {
            return Link.tcp("::1");
        }
    },
    UNIX_STREAM("unix", SocketKind.SOCKET_KIND_STREAM) {
        @Override
        Link open(Path folder) {
            return Link.unix(Sockets.SOCK_STREAM);
        }
    },
    UNIX_DATAGRAM_PAIR("unix", SocketKind.SOCKET_KIND_DATAGRAM) {
        @Override
        Link open(Path folder) {
            return Link.unix(Sockets.SOCK_DGRAM);
        }
    },
    UNIX_DATAGRAM_BOUND("unix", SocketKind.SOCKET_KIND_DATAGRAM) {
        @Override
        Link open(Path folder) {
            return toBound(Sockets.AF_UNIX, abstractName(), abstractName());
        }
    },
    UNIX_SEQPACKET("unix", SocketKind.SOCKET_KIND_SEQPACKET) {
        @Override
        Link open(Path folder) {
            return Link.unix(Sockets.SOCK_SEQPACKET);
        }
    },
    UNIX_PATH("unix", SocketKind.SOCKET_KIND_STREAM) {
        @Override
        Link open(Path folder) {
            Path path = folder.resolve(UUID.randomUUID() + ".sock");
            try (OwnedFd listener = Sockets.listenUnix(path, Sockets.SOCK_STREAM, 1)) {
                return accepted(listener, new Endpoint.UnixPath(path.toString()), Sockets.AF_UNIX);
            }
        }
    },
    UNIX_ABSTRACT("unix", SocketKind.SOCKET_KIND_STREAM) {
        @Override
        Link open(Path folder) {
            Endpoint name = abstractName();
            try (OwnedFd listener = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
                Sockets.bind(listener.fd(), name);
                Sockets.listen(listener.fd(), 1);
                return accepted(listener, name, Sockets.AF_UNIX);
            }
        }
    },
    UDP_UNCONNECTED("udp", SocketKind.SOCKET_KIND_DATAGRAM) {
        @Override
        Link open(Path folder) {
            return toBound(Sockets.AF_INET, Endpoint.of(Link.loopback("127.0.0.1")), null);
        }
    },
    UDP_V6_UNCONNECTED("udp", SocketKind.SOCKET_KIND_DATAGRAM) {
        @Override
        Link open(Path folder) {
            return toBound(Sockets.AF_INET6, Endpoint.of(Link.loopback("::1")), null);
        }
    },
    UDP_CONNECTED("udp", SocketKind.SOCKET_KIND_DATAGRAM) {
        @Override
        Link open(Path folder) {
            Link link = toBound(Sockets.AF_INET, Endpoint.of(Link.loopback("127.0.0.1")), null);
            Sockets.connect(
                    link.mine().fd(), Sockets.localEndpoint(link.peer().fd()).orElseThrow());
            return link;
        }
    };

    final String protocol;
    final SocketKind kind;

    Kind(String protocol, SocketKind kind) {
        this.protocol = protocol;
        this.kind = kind;
    }

    /** Both ends, the peer connected. */
    abstract Link open(Path folder);

    boolean isV6() {
        return name().contains("_V6");
    }

    static Endpoint abstractName() {
        return new Endpoint.UnixAbstract("socketbroker-it-" + UUID.randomUUID());
    }

    private static Link accepted(OwnedFd listener, Endpoint address, int domain) {
        Wire peer = new Wire(Sockets.open(domain, Sockets.SOCK_STREAM, 0));
        Sockets.connect(peer.fd(), address);
        return new Link(Sockets.accept(listener.fd(), false).orElseThrow(), peer);
    }

    /** A datagram socket that is bound, and one that is connected to it and, for unix, bound to receive answers. */
    private static Link toBound(int domain, Endpoint address, @Nullable Endpoint peerName) {
        OwnedFd bound = Sockets.open(domain, Sockets.SOCK_DGRAM, 0);
        Sockets.bind(bound.fd(), address);
        Wire peer = new Wire(Sockets.open(domain, Sockets.SOCK_DGRAM, 0));
        if (peerName != null) {
            Sockets.bind(peer.fd(), peerName);
        }
        Endpoint local = Sockets.localEndpoint(bound.fd()).orElseThrow();
        assertThat(local).isInstanceOfAny(Endpoint.Inet.class, Endpoint.UnixAbstract.class);
        Sockets.connect(peer.fd(), local);
        return new Link(bound, peer);
    }
}
