package io.socketbroker.benchmarks.wake;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The floor's watching process: epoll, one-shot, and the descriptor over SEQPACKET, with nothing else in the path. It keeps
 * its own, as the broker does, and arms a socket again when its number comes back.
 *
 * <p>Messages are {@link Indices}: to it, with descriptors, the number of the first one to watch; to it, without, what is
 * given back. From it, with descriptors, what is readable; from it, without, the echo of each message when it was obeyed.
 */
public final class FloorWatcher {
    private static final int EVENTS = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLONESHOT;
    private static final int EVENTS_PER_TURN = 512;
    private static final long CONNECTION = -1;
    static final int MOST_BYTES = DescriptorChannel.MAX_DESCRIPTORS * Integer.BYTES;

    private final Epoll epoll = new Epoll(EVENTS_PER_TURN);
    private final DescriptorChannel channel = new DescriptorChannel(MOST_BYTES);
    private final Map<Integer, OwnedFd> sockets = new HashMap<>();
    private final Queue<Outgoing> outgoing = new ArrayDeque<>();
    private final OwnedFd connection;
    private final int batch;
    private boolean full;
    private boolean over;

    private record Outgoing(List<Integer> indices, boolean withDescriptors) {}

    private FloorWatcher(OwnedFd connection, int batch) {
        this.connection = connection;
        this.batch = batch;
        epoll.add(connection.fd(), Epoll.EPOLLIN, CONNECTION);
    }

    /** Arguments: where to listen, and how many descriptors a message has at most. Serves one connection to its end. */
    public static void main(String[] args) {
        try (OwnedFd listener = Sockets.listenUnix(Path.of(args[0]), Sockets.SOCK_SEQPACKET, 1)) {
            System.out.println("ready");
            serve(Sockets.accept(listener.fd(), false).orElseThrow(), Integer.parseInt(args[1]));
        }
    }

    /** Until the connection, whose owner this becomes, ends. */
    static void serve(OwnedFd connection, int batch) {
        FloorWatcher watcher = new FloorWatcher(connection, batch);
        while (!watcher.over) {
            watcher.turn();
        }
        watcher.sockets.values().forEach(OwnedFd::close);
        watcher.epoll.close();
        connection.close();
    }

    private void turn() {
        int count = epoll.await(-1);
        List<Integer> ready = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (epoll.data(i) == CONNECTION) {
                receive();
            } else {
                ready.add((int) epoll.data(i));
            }
        }
        for (int from = 0; from < ready.size(); from += batch) {
            outgoing.add(new Outgoing(ready.subList(from, Math.min(from + batch, ready.size())), true));
        }
        flush();
    }

    private void receive() {
        while (!over) {
            Received received;
            try {
                received = channel.receive(connection.fd());
            } catch (LinuxException e) {
                if (!e.is(Errno.ECONNRESET)) {
                    throw e;
                }
                // The other side ended without reading all.
                received = new Received.EndOfStream();
            }
            switch (received) {
                case Received.Message message -> obey(Indices.decode(message.payload()), message.descriptors());
                case Received.EndOfStream _ -> over = true;
                case Received.WouldBlock _ -> {
                    return;
                }
            }
        }
    }

    private void obey(List<Integer> indices, List<OwnedFd> descriptors) {
        if (descriptors.isEmpty()) {
            indices.forEach(index -> epoll.modify(fd(index), EVENTS, index));
        }
        for (int i = 0; i < descriptors.size(); i++) {
            int index = indices.getFirst() + i;
            sockets.put(index, descriptors.get(i));
            epoll.add(descriptors.get(i).fd(), EVENTS, index);
        }
        outgoing.add(new Outgoing(indices, false));
    }

    private Fd fd(int index) {
        OwnedFd owned = sockets.get(index);
        if (owned == null) {
            throw new IllegalStateException("socket " + index + " was never given");
        }
        return owned.fd();
    }

    /** As far as the other side reads; both could wait for each other otherwise. */
    private void flush() {
        Outgoing next = outgoing.peek();
        while (next != null && !over && send(next)) {
            outgoing.remove();
            next = outgoing.peek();
        }
        boolean blocked = next != null && !over;
        if (blocked != full) {
            full = blocked;
            epoll.modify(connection.fd(), Epoll.EPOLLIN | (full ? Epoll.EPOLLOUT : 0), CONNECTION);
        }
    }

    private boolean send(Outgoing message) {
        List<Fd> descriptors =
                message.withDescriptors ? message.indices.stream().map(this::fd).toList() : List.of();
        try {
            return channel.send(connection.fd(), Indices.encode(message.indices), descriptors);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPIPE) && !e.is(Errno.ECONNRESET)) {
                throw e;
            }
            over = true;
            return false;
        }
    }
}
