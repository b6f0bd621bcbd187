package io.socketbroker.daemon.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.core.Activity;
import io.socketbroker.daemon.core.Readiness;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.SocketKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On real sockets, with the events that epoll really reports. */
@Timeout(30)
class ReadinessProbeTest {
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

    private final OwnedFd listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    private final OwnedFd peer = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
    private final OwnedFd socket;
    private final ReadinessProbe probe = new ReadinessProbe();

    ReadinessProbeTest() {
        Sockets.connect(peer.fd(), Sockets.localEndpoint(listener.fd()).orElseThrow());
        socket = Sockets.accept(listener.fd(), false).orElseThrow();
    }

    @AfterEach
    void close() {
        peer.close();
        socket.close();
        listener.close();
    }

    private Readiness look(Fd fd, SocketKind kind, String protocol) {
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLRDHUP, 0);
            epoll.await(5_000);
            return probe.look(fd, wanted(kind, protocol), epoll.events(0));
        }
    }

    private static Activity.Look wanted(SocketKind kind, String protocol) {
        return new Activity.Look(1, kind, protocol.equals("unix"), 0, false);
    }

    private Readiness look() {
        return look(socket.fd(), SocketKind.SOCKET_KIND_STREAM, "tcp");
    }

    @Test
    void shouldSeeDataAndLeaveItUnread() {
        Sockets.send(peer.fd(), HELLO, 0, HELLO.length);
        assertThat(look()).isEqualTo(new Readiness.Data(5, false));
        assertThat(look()).isEqualTo(new Readiness.Data(5, false));
        assertThat(Sockets.receive(socket.fd(), new byte[10])).isEqualTo(5);
    }

    @Test
    void shouldSeeDataBeforeAHalfClose() {
        Sockets.send(peer.fd(), HELLO, 0, HELLO.length);
        Sockets.shutdown(peer.fd(), Sockets.SHUT_WR);
        assertThat(look()).isEqualTo(new Readiness.Data(5, true));
        Sockets.receive(socket.fd(), new byte[10]);
        assertThat(look()).isEqualTo(new Readiness.Ended(CloseCause.CLOSE_CAUSE_FIN, 0));
    }

    @Test
    void shouldSeeAReset() {
        SocketOptions.setLinger(peer.fd(), true, 0);
        peer.close();
        assertThat(look()).isEqualTo(new Readiness.Ended(CloseCause.CLOSE_CAUSE_RESET, Errno.ECONNRESET));
    }

    @Test
    void shouldSeeDataBeforeAReset() {
        Sockets.send(peer.fd(), HELLO, 0, HELLO.length);
        SocketOptions.setLinger(peer.fd(), true, 0);
        peer.close();
        assertThat(look()).isEqualTo(new Readiness.Data(5, true));
        assertThat(Sockets.receive(socket.fd(), new byte[10])).isEqualTo(5);
    }

    @Test
    void shouldSeeNothingWhereNothingIs() {
        assertThat(probe.look(socket.fd(), wanted(SocketKind.SOCKET_KIND_STREAM, "tcp"), Epoll.EPOLLIN))
                .isEqualTo(new Readiness.Nothing());
    }

    @Test
    void shouldSeeAConnectionOfAListener() {
        try (OwnedFd second = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)) {
            Sockets.connect(second.fd(), Sockets.localEndpoint(listener.fd()).orElseThrow());
            assertThat(look(listener.fd(), SocketKind.SOCKET_KIND_LISTENER, "tcp"))
                    .isEqualTo(new Readiness.Connection());
        }
    }

    @Test
    void shouldSeeAnEmptyDatagramAndAnEmptyRecord() {
        for (int type : new int[] {Sockets.SOCK_DGRAM, Sockets.SOCK_SEQPACKET}) {
            SocketKind kind =
                    type == Sockets.SOCK_DGRAM ? SocketKind.SOCKET_KIND_DATAGRAM : SocketKind.SOCKET_KIND_SEQPACKET;
            try (Sockets.Pair pair = Sockets.pair(type)) {
                Sockets.send(pair.first().fd(), new byte[0], 0, 0);
                assertThat(look(pair.second().fd(), kind, "unix")).isEqualTo(new Readiness.Data(0, false));
            }
        }
    }

    @Test
    void shouldTakeAnIcmpErrorOffAUdpSocketAndGoOn() {
        try (OwnedFd udp = Sockets.bindUdp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            try (OwnedFd gone = Sockets.bindUdp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                Sockets.connect(udp.fd(), Sockets.localEndpoint(gone.fd()).orElseThrow());
            }
            Sockets.send(udp.fd(), HELLO, 0, HELLO.length);
            assertThat(look(udp.fd(), SocketKind.SOCKET_KIND_DATAGRAM, "udp")).isEqualTo(new Readiness.Nothing());
            assertThat(SocketOptions.takeError(udp.fd())).as("taken off").isZero();
        }
    }

    @Test
    void shouldSeeTheEndOfAUnixConnection() {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET)) {
            Sockets.shutdown(pair.first().fd(), Sockets.SHUT_RDWR);
            assertThat(look(pair.second().fd(), SocketKind.SOCKET_KIND_SEQPACKET, "unix"))
                    .isEqualTo(new Readiness.Ended(CloseCause.CLOSE_CAUSE_FIN, 0));
        }
    }
}
