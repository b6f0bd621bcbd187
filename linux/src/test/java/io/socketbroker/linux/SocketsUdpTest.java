package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.LOOPBACK_4;
import static io.socketbroker.linux.Failures.LOOPBACK_6;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Failures.assumeIpv6;
import static io.socketbroker.linux.Failures.local;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class SocketsUdpTest {

    @Test
    void shouldReceiveDatagramsOverIpv4() {
        exchangeOver(LOOPBACK_4);
    }

    @Test
    void shouldReceiveDatagramsOverIpv6() {
        assumeIpv6();
        exchangeOver(LOOPBACK_6);
    }

    private static void exchangeOver(InetSocketAddress loopback) {
        try (var server = Sockets.bindUdp(loopback);
                var client = Sockets.bindUdp(loopback)) {
            assertThat(SocketOptions.protocol(server.fd())).isEqualTo(Sockets.IPPROTO_UDP);
            assertThat(Sockets.peerEndpoint(client.fd())).isEmpty();
            Sockets.connect(client.fd(), Endpoint.of(local(server)));
            assertThat(Sockets.peerEndpoint(client.fd())).contains(Endpoint.of(local(server)));
            assertThat(Sockets.send(client.fd(), new byte[100], 0, 100)).isEqualTo(100);
            assertThat(Sockets.send(client.fd(), new byte[0], 0, 0)).isZero();
            await().until(() -> Sockets.bytesAvailable(server.fd()) == 100);
            assertThat(Sockets.peek(server.fd(), new byte[10])).isEqualTo(10);
            assertThat(Sockets.receive(server.fd(), new byte[200])).isEqualTo(100);
            await().until(() -> Sockets.receive(server.fd(), new byte[200]) == 0);
            assertThat(Sockets.receive(server.fd(), new byte[200])).isEqualTo(Sockets.WOULD_BLOCK);
        }
    }

    @Test
    void shouldMoveTheLargestDatagramWhole() {
        try (var server = Sockets.bindUdp(LOOPBACK_4);
                var client = Sockets.bindUdp(LOOPBACK_4)) {
            Sockets.connect(client.fd(), Endpoint.of(local(server)));
            var data = new byte[65_507];
            data[65_506] = 42;
            assertThat(Sockets.send(client.fd(), data, 0, data.length)).isEqualTo(data.length);
            var received = new byte[70_000];
            await().until(() -> Sockets.receive(server.fd(), received) == data.length);
            assertThat(received[65_506]).isEqualTo((byte) 42);
            assertFails(Errno.EMSGSIZE, () -> Sockets.send(client.fd(), received, 0, 65_508));
        }
    }

    @Test
    void shouldNotShareItsPort() {
        try (var server = Sockets.bindUdp(LOOPBACK_4)) {
            assertFails(Errno.EADDRINUSE, () -> Sockets.bindUdp(local(server)));
        }
    }

    @Test
    void shouldRefuseToSendWithoutADestination() {
        try (var socket = Sockets.bindUdp(LOOPBACK_4)) {
            assertFails(Errno.EDESTADDRREQ, () -> Sockets.send(socket.fd(), new byte[1], 0, 1));
        }
    }

    @Test
    void shouldTellWhoSentTheNextDatagram() {
        try (var server = Sockets.bindUdp(LOOPBACK_4);
                var client = Sockets.bindUdp(LOOPBACK_4)) {
            assertThat(Sockets.nextSource(server.fd())).isEmpty();
            Sockets.connect(client.fd(), Endpoint.of(Failures.local(server)));
            assertThat(Sockets.send(client.fd(), Texts.bytes("hello"), 0, 5)).isEqualTo(5);
            assertThat(Sockets.nextSource(server.fd())).contains(Endpoint.of(Failures.local(client)));
            assertThat(Sockets.receive(server.fd(), new byte[16])).isEqualTo(5);
        }
    }
}
