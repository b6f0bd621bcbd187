package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.LOOPBACK_4;
import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is the same for every call on a socket. */
final class SocketsFailureTest {

    private static final byte[] BUFFER = new byte[8];

    private static final List<Consumer<Fd>> CALLS = List.of(
            s -> Sockets.bind(s, Endpoint.of(LOOPBACK_4)),
            s -> Sockets.listen(s, 1),
            s -> Sockets.connect(s, Endpoint.of(LOOPBACK_4)),
            s -> Sockets.accept(s, true),
            s -> Sockets.shutdown(s, Sockets.SHUT_RD),
            Sockets::localEndpoint,
            Sockets::peerEndpoint,
            s -> Sockets.peek(s, BUFFER),
            s -> Sockets.receive(s, BUFFER),
            s -> Sockets.send(s, BUFFER, 0, 8),
            SocketOptions::domain,
            SocketOptions::type,
            SocketOptions::protocol,
            SocketOptions::isListening,
            SocketOptions::cookie,
            SocketOptions::takeError,
            SocketOptions::peerCredentials,
            SocketOptions::peerGroups,
            SocketOptions::receiveLowWater,
            SocketOptions::tcpState,
            s -> SocketOptions.setReceiveLowWater(s, 1),
            s -> SocketOptions.setReuseAddress(s, true),
            s -> SocketOptions.setV6Only(s, true),
            s -> SocketOptions.setKeepAlive(s, true),
            s -> SocketOptions.setNoDelay(s, true),
            s -> SocketOptions.setLinger(s, true, 1),
            s -> SocketOptions.setReceiveTimeout(s, Duration.ZERO),
            s -> SocketOptions.setSendTimeout(s, Duration.ZERO));

    @Test
    void shouldReportADescriptorThatIsNotOpen() {
        for (Consumer<Fd> call : CALLS) {
            assertFails(Errno.EBADF, () -> call.accept(NOT_OPEN))
                    .satisfies(e -> assertThat(e.fd()).isEqualTo(NOT_OPEN.number()));
        }
        assertFails(Errno.EBADF, () -> Sockets.bytesAvailable(NOT_OPEN));
    }

    @Test
    void shouldReportADescriptorThatIsNoSocket() {
        try (var pipe = Pipes.create()) {
            for (Consumer<Fd> call : CALLS) {
                assertFails(Errno.ENOTSOCK, () -> call.accept(pipe.readEnd().fd()));
            }
        }
    }

    @Test
    void shouldReportWhatTheSocketIsNotReadyFor() {
        try (var socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)) {
            assertFails(Errno.ENOTCONN, () -> Sockets.receive(socket.fd(), BUFFER));
            assertFails(Errno.EINVAL, () -> Sockets.accept(socket.fd(), true));
            assertThat(Sockets.peerEndpoint(socket.fd())).isEmpty();
            Sockets.shutdown(socket.fd(), Sockets.SHUT_RDWR);
        }
    }

    @Test
    void shouldReportAnImpossibleKindOfSocket() {
        assertFails(Errno.EAFNOSUPPORT, () -> Sockets.open(200, Sockets.SOCK_STREAM, 0))
                .satisfies(e -> assertThat(e.fd()).isEqualTo(-1));
        assertFails(Errno.EPROTONOSUPPORT, () -> Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 17));
    }

    @Test
    void shouldRefuseAnAddressOfAnotherFamily() {
        try (var socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
            assertFails(Errno.EINVAL, () -> Sockets.bind(socket.fd(), Endpoint.of(LOOPBACK_4)));
            assertFails(Errno.EAFNOSUPPORT, () -> Sockets.bind(socket.fd(), new Endpoint.Other(16)));
        }
    }

    @Test
    void shouldRefuseArraysThatDoNotFit() {
        try (var pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            var socket = pair.first().fd();
            assertThatThrownBy(() -> Sockets.peek(socket, new byte[0])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Sockets.receive(socket, new byte[0])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Io.read(socket, new byte[0])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Sockets.send(socket, BUFFER, 4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Io.write(socket, BUFFER, -1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
