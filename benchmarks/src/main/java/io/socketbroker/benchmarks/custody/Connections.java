package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** TCP connections on the loopback address, by number: their accepted ends are for a holder, the others stay here. */
final class Connections implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final OwnedFd listener =
            Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    private final InetSocketAddress address =
            ((Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow()).toSocketAddress();
    private final List<OwnedFd> peers = new ArrayList<>();
    private final List<Long> cookies = new ArrayList<>();

    /** The accepted end of a new one, which has the next number; the caller's. */
    OwnedFd connect() {
        peers.add(Sockets.connectTcp(address));
        OwnedFd accepted = Sockets.accept(listener.fd(), false).orElseThrow();
        cookies.add(SocketOptions.cookie(accepted.fd()));
        return accepted;
    }

    int count() {
        return peers.size();
    }

    /** SO_COOKIE of each accepted end. */
    List<Long> cookies() {
        return List.copyOf(cookies);
    }

    long cookie(int number) {
        return cookies.get(number);
    }

    /** The end that stays here. */
    OwnedFd peer(int number) {
        return peers.get(number);
    }

    /** Forgets the last ones, which the holder has let go of, and gives their numbers. */
    void closeLast(int count) {
        for (int i = 0; i < count; i++) {
            cookies.removeLast();
            peers.removeLast().close();
        }
    }

    @Override
    public void close() {
        peers.forEach(OwnedFd::close);
        listener.close();
    }
}
