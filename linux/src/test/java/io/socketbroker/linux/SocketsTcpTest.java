package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.LOOPBACK_4;
import static io.socketbroker.linux.Failures.LOOPBACK_6;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Failures.assumeIpv6;
import static io.socketbroker.linux.Failures.closeNow;
import static io.socketbroker.linux.Failures.local;
import static io.socketbroker.linux.Texts.bytes;
import static io.socketbroker.linux.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class SocketsTcpTest {

    private final byte[] buffer = new byte[64];

    @Test
    void shouldConnectAcceptAndTalkOverIpv4() {
        talkOver(LOOPBACK_4);
    }

    @Test
    void shouldConnectAcceptAndTalkOverIpv6() {
        assumeIpv6();
        talkOver(LOOPBACK_6);
    }

    private void talkOver(InetSocketAddress loopback) {
        try (var listener = Sockets.listenTcp(loopback, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            assertThat(Sockets.peerEndpoint(client.fd())).contains(Endpoint.of(local(listener)));
            assertThat(Sockets.peerEndpoint(server.fd())).isEqualTo(Sockets.localEndpoint(client.fd()));
            assertThat(Sockets.send(client.fd(), bytes("..hello.."), 2, 5)).isEqualTo(5);
            await().until(() -> Sockets.bytesAvailable(server.fd()) == 5);
            assertThat(Sockets.peek(server.fd(), buffer)).isEqualTo(5);
            assertThat(Sockets.peek(server.fd(), new byte[2])).isEqualTo(2);
            assertThat(Sockets.bytesAvailable(server.fd())).isEqualTo(5);
            assertThat(Sockets.receive(server.fd(), buffer)).isEqualTo(5);
            assertThat(text(buffer, 5)).isEqualTo("hello");
            assertThat(Sockets.receive(server.fd(), buffer)).isEqualTo(Sockets.WOULD_BLOCK);
            assertThat(Sockets.peek(server.fd(), buffer)).isEqualTo(Sockets.WOULD_BLOCK);
        }
    }

    @Test
    void shouldTellUnacknowledgedBytes() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            assertThat(Sockets.bytesUnacknowledged(client.fd())).isZero();
            // More than the receiver's window takes while nobody reads there.
            byte[] much = new byte[1 << 20];
            while (Sockets.send(client.fd(), much, 0, much.length) > 0) {
                assertThat(Sockets.peek(server.fd(), buffer)).isNotZero();
            }
            assertThat(Sockets.bytesUnacknowledged(client.fd())).isPositive();
            assertThat(SocketOptions.sendBufferBytes(client.fd())).isGreaterThan(4_096);
        }
    }

    @Test
    void shouldAcceptIpv4OnTheIpv6Wildcard() throws Exception {
        assumeIpv6();
        var wildcard = new InetSocketAddress(InetAddress.getByName("::"), 0);
        try (var listener = Sockets.listenTcp(wildcard, 16);
                var client = Sockets.connectTcp(new InetSocketAddress(
                        LOOPBACK_4.getAddress(), local(listener).getPort()));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            assertThat(SocketOptions.domain(server.fd())).isEqualTo(Sockets.AF_INET6);
            assertThat(Sockets.peerEndpoint(server.fd())).isEqualTo(Sockets.localEndpoint(client.fd()));
        }
    }

    @Test
    void shouldMakeSocketsCloseOnExecAndBlocking() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow();
                var other = Sockets.connectTcp(local(listener));
                var nonBlocking = Sockets.accept(listener.fd(), true).orElseThrow()) {
            for (OwnedFd socket : new OwnedFd[] {listener, client, server, other, nonBlocking}) {
                assertThat(DescriptorFlags.isCloseOnExec(socket.fd())).isTrue();
                assertThat(DescriptorFlags.isNonBlocking(socket.fd())).isEqualTo(socket == nonBlocking);
            }
        }
    }

    @Test
    void shouldFindNoConnectionOnANonBlockingListener() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16)) {
            DescriptorFlags.setNonBlocking(listener.fd(), true);
            assertThat(Sockets.accept(listener.fd(), false)).isEmpty();
        }
    }

    @Test
    void shouldSeeTheEndOfTheStream() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            Sockets.shutdown(client.fd(), Sockets.SHUT_WR);
            await().until(() -> Sockets.peek(server.fd(), buffer) == 0);
            assertThat(Sockets.receive(server.fd(), buffer)).isZero();
            assertThat(Sockets.send(server.fd(), bytes("x"), 0, 1)).isEqualTo(1);
        }
    }

    @Test
    void shouldReportAResetConnection() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            SocketOptions.setLinger(client.fd(), true, 0);
            closeNow(client);
            await().until(() -> SocketOptions.tcpState(server.fd()) == TcpState.CLOSE.code());
            assertFails(Errno.ECONNRESET, () -> Sockets.receive(server.fd(), buffer))
                    .satisfies(e -> assertThat(e.fd()).isEqualTo(server.number()));
            assertFails(Errno.EPIPE, () -> Sockets.send(server.fd(), buffer, 0, 1));
            assertThat(Sockets.peerEndpoint(server.fd())).isEmpty();
            Sockets.shutdown(server.fd(), Sockets.SHUT_RDWR);
        }
    }

    @Test
    void shouldStopSendingWhenThePeerDoesNotRead() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            var block = new byte[1 << 20];
            int rounds = 0;
            int last = Sockets.send(client.fd(), block, 0, block.length);
            assertThat(last).isPositive();
            while (last != Sockets.WOULD_BLOCK && rounds++ < 100) {
                last = Sockets.send(client.fd(), block, 0, block.length);
            }
            assertThat(last).isEqualTo(Sockets.WOULD_BLOCK);
            assertThat(Sockets.receive(server.fd(), new byte[200_000])).isPositive();
        }
    }

    @Test
    void shouldRefuseAConnectionThatNobodyAccepts() {
        InetSocketAddress closed;
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 1)) {
            closed = local(listener);
        }
        assertFails(Errno.ECONNREFUSED, () -> Sockets.connectTcp(closed))
                .satisfies(e -> assertThat(e).hasMessageContaining("to 127.0.0.1:" + closed.getPort()));
    }

    @Test
    void shouldRefuseAnAddressInUse() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 1)) {
            assertFails(Errno.EADDRINUSE, () -> Sockets.listenTcp(local(listener), 1));
        }
    }

    @Test
    void shouldRefuseAnAddressOfAnotherHost() throws Exception {
        var foreign = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 0);
        assertFails(Errno.EADDRNOTAVAIL, () -> Sockets.listenTcp(foreign, 1));
        assertThatThrownBy(() -> Sockets.listenTcp(InetSocketAddress.createUnresolved("host.invalid", 1), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBindAgainWhileOldConnectionsLinger() {
        InetSocketAddress address;
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.connectTcp(local(listener));
                var server = Sockets.accept(listener.fd(), false).orElseThrow()) {
            address = local(listener);
            closeNow(server); // first to close, so it leaves TIME_WAIT on the listener's port
            await().until(() -> Sockets.peek(client.fd(), buffer) == 0);
        }
        try (var again = Sockets.listenTcp(address, 16)) {
            assertThat(local(again)).isEqualTo(address);
        }
    }

    @Test
    void shouldSayInProgressOnANonBlockingSocket() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16);
                var client = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, Sockets.IPPROTO_TCP)) {
            DescriptorFlags.setNonBlocking(client.fd(), true);
            assertFails(Errno.EINPROGRESS, () -> Sockets.connect(client.fd(), Endpoint.of(local(listener))));
        }
    }

    @Test
    void shouldRefuseBytesAvailableOfAListener() {
        try (var listener = Sockets.listenTcp(LOOPBACK_4, 16)) {
            assertFails(Errno.EINVAL, () -> Sockets.bytesAvailable(listener.fd()));
        }
    }
}
