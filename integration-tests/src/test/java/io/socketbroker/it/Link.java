package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A socket to be given to the broker and the other end of it.
 *
 * @param mine what is handed over
 * @param peer who talks to whoever has it
 */
record Link(OwnedFd mine, Wire peer) implements AutoCloseable {
    /** A TCP connection on the IPv4 loopback; mine connected, the peer accepted. */
    static Link tcp() {
        return tcp("127.0.0.1");
    }

    /** A TCP connection to this address of the host. */
    static Link tcp(String address) {
        try (OwnedFd listener = Sockets.listenTcp(loopback(address), 8)) {
            return tcp(listener);
        }
    }

    /** A TCP connection to this listener, which nobody else connects to meanwhile. */
    static Link tcp(OwnedFd listener) {
        OwnedFd mine = Sockets.connectTcp(addressOf(listener.fd()));
        return new Link(mine, new Wire(Sockets.accept(listener.fd(), false).orElseThrow()));
    }

    /** Two ends of a unix socket of this type. */
    static Link unix(int type) {
        Sockets.Pair pair = Sockets.pair(type);
        return new Link(pair.first(), new Wire(pair.second()));
    }

    /** Port 0 of an address in numbers. */
    static InetSocketAddress loopback(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    }

    /** Where an Internet socket is bound. */
    static InetSocketAddress addressOf(Fd socket) {
        return ((Endpoint.Inet) Sockets.localEndpoint(socket).orElseThrow()).toSocketAddress();
    }

    /** Says something in both directions: the connection is whole. */
    void exchange() {
        peer.send("ping\n");
        byte[] buffer = new byte[16];
        int count = Io.read(mine.fd(), buffer);
        assertThat(new String(buffer, 0, Math.max(0, count), StandardCharsets.US_ASCII))
                .isEqualTo("ping\n");
        Io.write(mine.fd(), "pong\n".getBytes(StandardCharsets.US_ASCII), 0, 5);
        assertThat(peer.receive()).isEqualTo("pong\n");
    }

    /** Writes until the peer's window and the send queue are full; gives what went in. */
    byte[] fill() {
        DescriptorFlags.setNonBlocking(mine.fd(), true);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        byte[] chunk = new byte[8_192];
        for (int sent = 0; sent != Sockets.WOULD_BLOCK; ) {
            Arrays.fill(chunk, (byte) (taken.size() / chunk.length));
            sent = Sockets.send(mine.fd(), chunk, 0, chunk.length);
            taken.write(chunk, 0, Math.max(0, sent));
        }
        return taken.toByteArray();
    }

    @Override
    public void close() {
        mine.close();
        peer.close();
    }
}
