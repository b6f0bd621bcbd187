package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A TCP connection over loopback with both ends in the test. */
record Connection(OwnedFd near, OwnedFd far) implements AutoCloseable {

    static Connection open() {
        try (var listener = Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1)) {
            var address = (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
            var near = Sockets.connectTcp(address.toSocketAddress());
            return new Connection(near, Sockets.accept(listener.fd(), false).orElseThrow());
        }
    }

    /** Bytes from one end must come out at the other. */
    static void requireFlow(OwnedFd from, OwnedFd to, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(Sockets.send(from.fd(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
        assertThat(receive(to, bytes.length)).isEqualTo(text);
    }

    static String receive(OwnedFd from, int count) {
        var into = new byte[count];
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> Sockets.peek(from.fd(), into) == count);
        Sockets.receive(from.fd(), into);
        return new String(into, StandardCharsets.US_ASCII);
    }

    /** Neither bytes nor an end of the stream. */
    static void requireOpenAndQuiet(OwnedFd end) {
        assertThat(Sockets.peek(end.fd(), new byte[1])).isEqualTo(Sockets.WOULD_BLOCK);
    }

    @Override
    public void close() {
        near.close();
        far.close();
    }
}
