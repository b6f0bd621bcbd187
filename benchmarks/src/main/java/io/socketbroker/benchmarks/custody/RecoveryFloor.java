package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor of a recovery, as a program: a new JVM that takes everything from the vault and watches it, and knows of nothing
 * else. Argument: the vault's socket. Prints how many it watches, and ends when its standard input does.
 */
public final class RecoveryFloor {
    private static final int EVENTS = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLONESHOT;
    private static final int MOST_BYTES = 4_096;
    private static final int HEADER_BYTES = 12;
    private static final int NUMBER_OFFSET = 8;
    private static final byte OPEN = 1;
    private static final byte LIST = 4;

    private RecoveryFloor() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        List<OwnedFd> watched = new ArrayList<>();
        try (OwnedFd vault = Sockets.connectUnix(Path.of(args[0]), Sockets.SOCK_SEQPACKET);
                DescriptorChannel channel = new DescriptorChannel(MOST_BYTES);
                Epoll epoll = new Epoll(1)) {
            ask(channel, vault, OPEN, 0).close();
            int next = 0;
            boolean more = true;
            while (more) {
                Received.Message listed = ask(channel, vault, LIST, next);
                for (OwnedFd socket : listed.descriptors()) {
                    epoll.add(socket.fd(), EVENTS, watched.size());
                    watched.add(socket);
                }
                next = ByteBuffer.wrap(listed.payload()).getInt(NUMBER_OFFSET);
                more = !listed.descriptors().isEmpty();
            }
            System.out.println(watched.size());
            while (System.in.read() >= 0) {
                // Nobody says anything; the end counts.
            }
        }
    }

    private static Received.Message ask(DescriptorChannel channel, OwnedFd vault, byte kind, int number) {
        byte[] frame = ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) 1)
                .put(kind)
                .putInt(NUMBER_OFFSET, number)
                .array();
        channel.sendBlocking(vault.fd(), frame, List.of());
        return (Received.Message) channel.receiveBlocking(vault.fd());
    }
}
