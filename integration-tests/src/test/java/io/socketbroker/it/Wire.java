package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** A blocking socket of the test with a limit on how long it waits. Text is ASCII. Not thread-safe. */
final class Wire implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final OwnedFd socket;

    /** Becomes the owner. */
    Wire(OwnedFd socket) {
        this.socket = socket;
        SocketOptions.setReceiveTimeout(socket.fd(), PATIENCE);
        SocketOptions.setSendTimeout(socket.fd(), PATIENCE);
    }

    /** A TCP connection from an address of the loopback network, which has a whole /8 of them. */
    static Wire connectFrom(String source, InetSocketAddress destination) {
        OwnedFd socket = Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0);
        Sockets.bind(socket.fd(), Endpoint.of(Link.loopback(source)));
        Sockets.connect(socket.fd(), Endpoint.of(destination));
        return new Wire(socket);
    }

    Fd fd() {
        return socket.fd();
    }

    Wire send(String text) {
        return send(text.getBytes(StandardCharsets.US_ASCII));
    }

    Wire send(byte[] bytes) {
        for (int sent = 0; sent < bytes.length; ) {
            int count = Io.write(socket.fd(), bytes, sent, bytes.length - sent);
            assertThat(count).as("bytes taken within %s", PATIENCE).isPositive();
            sent += count;
        }
        return this;
    }

    /** One read: of a datagram socket, one datagram; empty at the end of the stream. */
    String receive() {
        return new String(read(65_536), StandardCharsets.US_ASCII);
    }

    private byte[] read(int atMost) {
        byte[] buffer = new byte[atMost];
        int count = Io.read(socket.fd(), buffer);
        assertThat(count).as("something to read within %s", PATIENCE).isNotEqualTo(Io.WOULD_BLOCK);
        return Arrays.copyOf(buffer, count);
    }

    /** Up to and without the next line feed. */
    String readLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] next = read(1);
        while (next.length == 1 && next[0] != '\n') {
            line.write(next[0]);
            next = read(1);
        }
        assertThat(next).as("end of the line after '%s'", line).isNotEmpty();
        return line.toString(StandardCharsets.US_ASCII);
    }

    /** Exactly so many bytes. */
    String read(long count) {
        return new String(readBytes(count), StandardCharsets.US_ASCII);
    }

    /** Exactly so many bytes, which need not be text. */
    byte[] readBytes(long count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (bytes.size() < count) {
            byte[] next = read((int) count - bytes.size());
            assertThat(next).as("more after '%s'", bytes).isNotEmpty();
            bytes.writeBytes(next);
        }
        return bytes.toByteArray();
    }

    /** Everything until the peer's FIN. */
    String readToEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] next = read(65_536);
        while (next.length > 0) {
            bytes.writeBytes(next);
            next = read(65_536);
        }
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    /** The peer has ended the connection in order, and nothing was unread. */
    void expectEnd() {
        assertThat(receive()).as("end of the stream").isEmpty();
    }

    /** The peer has gone, whether in order or with a reset, and nothing was unread. */
    void expectGone() {
        try {
            expectEnd();
        } catch (LinuxException e) {
            assertThat(e.errnoName()).isIn("ECONNRESET", "EPIPE");
        }
    }

    /** FIN: no more from this side. */
    void finish() {
        Sockets.shutdown(socket.fd(), Sockets.SHUT_WR);
    }

    /** RST instead of FIN. */
    void reset() {
        SocketOptions.setLinger(socket.fd(), true, 0);
        socket.close();
    }

    @Override
    public void close() {
        socket.close();
    }
}
