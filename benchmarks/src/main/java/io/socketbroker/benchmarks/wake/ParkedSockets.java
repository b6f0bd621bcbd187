package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** TCP connections on the loopback address whose accepted ends are parked; the other ends are here. For one thread. */
final class ParkedSockets implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final Ledger ledger;
    private final List<OwnedFd> peers = new ArrayList<>();
    private byte lastByte;

    ParkedSockets(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Connects and parks so many, in batches, so that this process never has many more than it keeps. */
    void open(int count, Receiver receiver) {
        try (OwnedFd listener =
                Sockets.listenTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG)) {
            Endpoint.Inet bound =
                    (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
            while (peers.size() < count) {
                int first = peers.size();
                List<OwnedFd> accepted = new ArrayList<>();
                while (peers.size() < count && accepted.size() < DescriptorChannel.MAX_DESCRIPTORS) {
                    OwnedFd peer = Sockets.connectTcp(bound.toSocketAddress());
                    // One byte after the other on the same connection must not wait for an acknowledgement (tcp(7)).
                    SocketOptions.setNoDelay(peer.fd(), true);
                    peers.add(peer);
                    accepted.add(Sockets.accept(listener.fd(), false).orElseThrow());
                }
                receiver.park(accepted, first);
            }
        }
    }

    /** Makes a socket readable, by one byte. */
    void speak(int index) {
        lastByte = (byte) (lastByte == Byte.MAX_VALUE ? 0 : lastByte + 1);
        ledger.expect(index, lastByte);
        if (Sockets.send(peers.get(index).fd(), new byte[] {lastByte}, 0, 1) != 1) {
            throw new InvalidRunException("socket " + index + " takes no byte");
        }
    }

    int count() {
        return peers.size();
    }

    @Override
    public void close() {
        peers.forEach(OwnedFd::close);
    }
}
