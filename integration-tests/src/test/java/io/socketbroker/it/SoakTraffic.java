package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The peers of many brokered connections. Each sends numbered words of four bytes and gets the words that the handler has
 * read, as it read them, with none lost, doubled or moved. Not thread-safe.
 */
final class SoakTraffic implements AutoCloseable {
    private static final int WORD_BYTES = 4;

    /** What a connection has under way at most: it fits into every socket buffer. */
    private static final int MOST_WORDS = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Line> lines = new ArrayList<>();
    private final Epoll epoll = new Epoll(64);
    private final byte[] buffer = new byte[4_096];
    private long bytesEchoed;

    /** One connection. */
    private static final class Line {
        final OwnedFd peer;
        long sentBytes;
        long heardBytes;

        Line(OwnedFd peer) {
            this.peer = peer;
        }
    }

    /** Becomes the owner of the peer's end. */
    void add(OwnedFd peer) {
        epoll.add(peer.fd(), Epoll.EPOLLIN, lines.size());
        lines.add(new Line(peer));
    }

    int size() {
        return lines.size();
    }

    /** Bytes that came back so far. */
    long bytesEchoed() {
        return bytesEchoed;
    }

    /** The byte at this place of every connection's stream. */
    private static byte at(int index, long place) {
        long word = place / WORD_BYTES * 31 + index;
        return (byte) (word >>> (8 * (place % WORD_BYTES)));
    }

    /** So many words more on a connection, unless it has much under way already. */
    void say(int index, int words) {
        Line line = lines.get(index);
        int room = MOST_WORDS - (int) (line.sentBytes - line.heardBytes) / WORD_BYTES;
        byte[] bytes = new byte[Math.min(words, room) * WORD_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(index, line.sentBytes + i);
        }
        if (bytes.length > 0) {
            assertThat(Sockets.send(line.peer.fd(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
            line.sentBytes += bytes.length;
        }
    }

    /** Takes what has come, for at most this time. */
    void listen(Duration time) {
        int count = epoll.await((int) time.toMillis());
        for (int i = 0; i < count; i++) {
            hear((int) epoll.data(i));
        }
    }

    private void hear(int index) {
        Line line = lines.get(index);
        int count = Sockets.receive(line.peer.fd(), buffer);
        assertThat(count).as("connection %d ends", index).isPositive();
        for (int i = 0; i < count; i++) {
            assertThat(buffer[i])
                    .as("byte %d of connection %d", line.heardBytes + i, index)
                    .isEqualTo(at(index, line.heardBytes + i));
        }
        line.heardBytes += count;
        bytesEchoed += count;
        assertThat(line.heardBytes).as("answers of connection %d", index).isLessThanOrEqualTo(line.sentBytes);
    }

    private List<Integer> unanswered() {
        List<Integer> waiting = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).heardBytes < lines.get(i).sentBytes) {
                waiting.add(i);
            }
        }
        return waiting;
    }

    /** Until all that was said is answered. */
    void drain() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!unanswered().isEmpty() && System.nanoTime() < deadline) {
            listen(Duration.ofMillis(100));
        }
        assertThat(unanswered())
                .as("connections with words that were not answered")
                .isEmpty();
    }

    @Override
    public void close() {
        lines.forEach(line -> line.peer.close());
        epoll.close();
    }
}
