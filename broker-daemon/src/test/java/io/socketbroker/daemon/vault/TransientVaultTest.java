package io.socketbroker.daemon.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that a broker started goes when nobody needs it any more, and not before. */
final class TransientVaultTest {
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private VaultServer server;
    private Thread thread;

    @BeforeEach
    void start() {
        OwnedFd listener = Sockets.listenUnix(path(), Sockets.SOCK_SEQPACKET, 8);
        DescriptorFlags.setNonBlocking(listener.fd(), true);
        server = new VaultServer(listener);
        thread = Thread.ofPlatform().name("vault").daemon().start(() -> server.run((int) GRACE.toMillis()));
    }

    @AfterEach
    void close() {
        assertThat(thread.isAlive()).isFalse();
        server.close();
    }

    private Path path() {
        return folder.resolve("vault.sock");
    }

    private void expectStay() {
        await().during(GRACE.multipliedBy(4)).atMost(PATIENCE).until(thread::isAlive);
    }

    /** Not before the grace is over. */
    private void expectEnd(long idleSinceNanos) {
        await().atMost(PATIENCE).until(() -> !thread.isAlive());
        assertThat(System.nanoTime() - idleSinceNanos).isGreaterThanOrEqualTo(GRACE.toNanos());
    }

    /** A broker's connection. */
    private final class Broker implements AutoCloseable {
        private final OwnedFd socket = Sockets.connectUnix(path(), Sockets.SOCK_SEQPACKET);
        private final DescriptorChannel channel = new DescriptorChannel(Frame.MOST_BYTES);

        Broker() {
            SocketOptions.setReceiveTimeout(socket.fd(), PATIENCE);
            assertThat(ask(Frame.of(Kind.OPEN, 1, 0))).isEqualTo(Kind.OPENED);
        }

        Kind ask(Frame request, Fd... descriptors) {
            assertThat(channel.sendBlocking(socket.fd(), request.encode(), List.of(descriptors)))
                    .isTrue();
            try (Received.Message answer = (Received.Message) channel.receiveBlocking(socket.fd())) {
                return Frame.decode(answer.payload()).kind();
            }
        }

        @Override
        public void close() {
            channel.close();
            socket.close();
        }
    }

    @Test
    void shouldEndWhenNobodyEverCame() {
        expectEnd(System.nanoTime() - GRACE.toNanos());
    }

    @Test
    void shouldStayWhileThereIsABroker() {
        Broker broker = new Broker();
        try (broker) {
            expectStay();
        }
        expectEnd(System.nanoTime());
    }

    @Test
    void shouldStayWhileItHoldsASocket() {
        try (OwnedFd held = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0)) {
            List<Entry> entries = List.of(new Entry(3, SocketOptions.cookie(held.fd())));
            try (Broker broker = new Broker()) {
                assertThat(broker.ask(Frame.of(Kind.PUT, 2, 0, entries), held.fd()))
                        .isEqualTo(Kind.DONE);
            }
            expectStay();
            try (Broker broker = new Broker()) {
                assertThat(broker.ask(Frame.of(Kind.DROP, 2, 0, entries))).isEqualTo(Kind.DONE);
            }
        }
        expectEnd(System.nanoTime());
    }
}
