package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.NOT_OPEN;
import static io.socketbroker.linux.Failures.assertFails;
import static io.socketbroker.linux.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.linux.DescriptorChannel.Received;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DescriptorChannelTest {

    private static final byte[] HELLO = bytes("hello");

    private final DescriptorChannel channel = new DescriptorChannel(1024);
    private final Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
    private final Pipes.Pipe pipe = Pipes.create();

    @AfterEach
    void close() {
        channel.close();
        pair.close();
        pipe.close();
    }

    private Received.Message receive(Sockets.Pair from) {
        var received = channel.receive(from.second().fd());
        assertThat(received).isInstanceOf(Received.Message.class);
        return (Received.Message) received;
    }

    @ParameterizedTest
    @ValueSource(ints = {Sockets.SOCK_STREAM, Sockets.SOCK_SEQPACKET, Sockets.SOCK_DGRAM})
    void shouldPassADescriptorOfTheSameOpenFile(int type) {
        try (var sockets = Sockets.pair(type)) {
            assertThat(channel.send(
                            sockets.first().fd(), HELLO, List.of(pair.first().fd())))
                    .isTrue();
            try (var message = receive(sockets)) {
                assertThat(message.payload()).isEqualTo(HELLO);
                assertThat(message.descriptorsTruncated()).isFalse();
                assertThat(message.payloadTruncated()).isFalse();
                assertThat(message.descriptors()).hasSize(1);
                var received = message.descriptors().getFirst();
                assertThat(received.number()).isNotEqualTo(pair.first().number());
                assertThat(DescriptorFlags.isCloseOnExec(received.fd())).isTrue();
                assertThat(SocketOptions.cookie(received.fd()))
                        .isEqualTo(SocketOptions.cookie(pair.first().fd()));
            }
            assertThat(pair.first().isOpen()).isTrue();
        }
    }

    @Test
    void shouldPassNoDescriptor() {
        assertThat(channel.send(pair.first().fd(), HELLO, List.of())).isTrue();
        try (var message = receive(pair)) {
            assertThat(message.payload()).isEqualTo(HELLO);
            assertThat(message.descriptors()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 16, 252, 253})
    void shouldPassManyDescriptors(int count) {
        assertThat(channel.send(
                        pair.first().fd(),
                        HELLO,
                        Collections.nCopies(count, pipe.writeEnd().fd())))
                .isTrue();
        try (var message = receive(pair)) {
            assertThat(message.descriptors()).hasSize(count);
            assertThat(message.descriptorsTruncated()).isFalse();
        }
    }

    @Test
    void shouldRefuseOneDescriptorTooMany() {
        var tooMany = Collections.nCopies(254, pipe.writeEnd().fd());
        assertThatThrownBy(() -> channel.send(pair.first().fd(), HELLO, tooMany))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("253")
                .hasMessageContaining("254");
        assertThat(channel.receive(pair.second().fd())).isEqualTo(new Received.WouldBlock());
    }

    @Test
    void shouldKeepOrderAcrossMessages() {
        for (int i = 1; i <= 5; i++) {
            channel.send(
                    pair.first().fd(),
                    new byte[i],
                    Collections.nCopies(6 - i, pipe.writeEnd().fd()));
        }
        for (int i = 1; i <= 5; i++) {
            try (var message = receive(pair)) {
                assertThat(message.payload()).hasSize(i);
                assertThat(message.descriptors()).hasSize(6 - i);
            }
        }
    }

    @Test
    void shouldLeaveWhatTheReceiverTookOutOfTheMessage() {
        channel.send(
                pair.first().fd(),
                HELLO,
                List.of(pipe.writeEnd().fd(), pipe.readEnd().fd()));
        OwnedFd kept;
        try (var message = receive(pair)) {
            kept = OwnedFd.own(message.descriptors().get(1).release());
        }
        pipe.readEnd().close();
        Io.write(pipe.writeEnd().fd(), HELLO, 0, 5);
        assertThat(Io.read(kept.fd(), new byte[10])).isEqualTo(5);
        kept.close();
    }

    @Test
    void shouldRefuseAPayloadOutOfRange() {
        for (int length : new int[] {0, 1025}) {
            assertThatThrownBy(() -> channel.send(pair.first().fd(), new byte[length], List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 1024")
                    .hasMessageContaining("not " + length);
        }
        assertThat(channel.send(pair.first().fd(), new byte[1024], List.of())).isTrue();
        assertThatThrownBy(() -> new DescriptorChannel(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReportATruncatedPayloadWithItsDescriptors() {
        try (var small = new DescriptorChannel(4)) {
            channel.send(pair.first().fd(), HELLO, List.of(pipe.writeEnd().fd()));
            assertThat(small.receive(pair.second().fd())).isInstanceOfSatisfying(Received.Message.class, message -> {
                assertThat(message.payloadTruncated()).isTrue();
                assertThat(message.payload()).isEqualTo(bytes("hell"));
                assertThat(message.descriptors()).hasSize(1);
                message.close();
            });
            assertThat(small.receive(pair.second().fd())).isEqualTo(new Received.WouldBlock());
        }
    }

    @Test
    void shouldSayWouldBlockWithoutAMessage() {
        assertThat(channel.receive(pair.second().fd())).isEqualTo(new Received.WouldBlock());
    }

    @Test
    void shouldSayWouldBlockWhenTheReceiveTimeoutPassed() {
        SocketOptions.setReceiveTimeout(pair.second().fd(), Duration.ofMillis(10));
        assertThat(channel.receiveBlocking(pair.second().fd())).isEqualTo(new Received.WouldBlock());
    }

    @Test
    void shouldNotSendIntoAFullSocket() {
        int sent = 0;
        while (channel.send(
                pair.first().fd(), new byte[1024], List.of(pipe.writeEnd().fd()))) {
            sent++;
        }
        assertThat(sent).isPositive();
        SocketOptions.setSendTimeout(pair.first().fd(), Duration.ofMillis(10));
        assertThat(channel.sendBlocking(pair.first().fd(), HELLO, List.of())).isFalse();
        receive(pair).close();
        assertThat(channel.sendBlocking(pair.first().fd(), HELLO, List.of())).isTrue();
    }

    @Test
    void shouldWaitForAMessage() throws Exception {
        try (var thread = Executors.newSingleThreadExecutor();
                var other = new DescriptorChannel(64)) {
            var received =
                    thread.submit(() -> other.receiveBlocking(pair.second().fd()));
            channel.sendBlocking(
                    pair.first().fd(), HELLO, List.of(pipe.writeEnd().fd()));
            try (var message = (Received.Message) received.get()) {
                assertThat(message.descriptors()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Sockets.SOCK_STREAM, Sockets.SOCK_SEQPACKET})
    void shouldSeeAClosedPeer(int type) {
        try (var sockets = Sockets.pair(type)) {
            channel.send(sockets.first().fd(), HELLO, List.of(pipe.writeEnd().fd()));
            sockets.first().close();
            receive(sockets).close();
            assertThat(channel.receive(sockets.second().fd())).isEqualTo(new Received.EndOfStream());
            assertFails(Errno.EPIPE, () -> channel.send(sockets.second().fd(), HELLO, List.of()))
                    .satisfies(e -> assertThat(e.call()).isEqualTo("sendmsg"));
        }
    }

    @Test
    void shouldReportFailures() {
        assertFails(Errno.EBADF, () -> channel.send(NOT_OPEN, HELLO, List.of()));
        assertFails(Errno.EBADF, () -> channel.receive(NOT_OPEN));
        assertFails(Errno.EBADF, () -> channel.send(pair.first().fd(), HELLO, List.of(NOT_OPEN)));
        assertFails(Errno.ENOTSOCK, () -> channel.send(pipe.writeEnd().fd(), HELLO, List.of()));
        assertFails(Errno.ENOTSOCK, () -> channel.receive(pipe.readEnd().fd()));
        try (var large = new DescriptorChannel(8 << 20)) {
            assertFails(Errno.EMSGSIZE, () -> large.send(pair.first().fd(), new byte[8 << 20], List.of()));
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        channel.close();
        assertThatThrownBy(() -> channel.send(pair.first().fd(), HELLO, List.of()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> channel.receive(pair.second().fd())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldReportAStreamThatTookAPart() {
        try (var stream = Sockets.pair(Sockets.SOCK_STREAM);
                var large = new DescriptorChannel(8 << 20)) {
            assertThatThrownBy(() -> large.send(stream.first().fd(), new byte[8 << 20], List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("of 8388608 bytes");
        }
    }
}
