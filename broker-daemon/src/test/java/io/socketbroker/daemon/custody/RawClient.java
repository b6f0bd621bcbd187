package io.socketbroker.daemon.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A connection to a vault on which a test says what it likes, frame by frame. */
final class RawClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final OwnedFd socket;
    private final DescriptorChannel channel = new DescriptorChannel(64 * 1024);
    private int sequence = 100;

    private RawClient(OwnedFd socket) {
        this.socket = socket;
    }

    static RawClient connect(Path path) {
        OwnedFd socket = Sockets.connectUnix(path, Sockets.SOCK_SEQPACKET);
        SocketOptions.setReceiveTimeout(socket.fd(), PATIENCE);
        SocketOptions.setSendTimeout(socket.fd(), PATIENCE);
        return new RawClient(socket);
    }

    /** As the broker. */
    static RawClient open(Path path) {
        RawClient client = connect(path);
        assertThat(client.ask(Kind.OPEN, 0, List.of()).kind()).isEqualTo(Kind.OPENED);
        return client;
    }

    Fd fd() {
        return socket.fd();
    }

    int lastSequence() {
        return sequence;
    }

    /** Whatever bytes; false if the vault reads nothing. */
    boolean send(byte[] bytes, List<Fd> descriptors) {
        return channel.send(socket.fd(), bytes, descriptors);
    }

    Received receive() {
        return channel.receiveBlocking(socket.fd());
    }

    Frame answer() {
        try (Received.Message message = (Received.Message) receive()) {
            assertThat(message.descriptors()).isEmpty();
            return Frame.decode(message.payload());
        }
    }

    Frame ask(Kind kind, int number, List<Entry> entries, Fd... descriptors) {
        return ask(kind, number, entries, List.of(descriptors));
    }

    Frame ask(Kind kind, int number, List<Entry> entries, List<Fd> descriptors) {
        sequence++;
        assertThat(channel.sendBlocking(
                        socket.fd(), Frame.of(kind, sequence, number, entries).encode(), descriptors))
                .isTrue();
        Frame answer = answer();
        assertThat(answer.sequence()).isEqualTo(sequence);
        return answer;
    }

    static Entry entry(int slot, OwnedFd descriptor) {
        return new Entry(slot, SocketOptions.cookie(descriptor.fd()));
    }

    /** In slots from this one on. */
    Frame put(int firstSlot, List<OwnedFd> descriptors) {
        List<Entry> entries = new ArrayList<>();
        for (OwnedFd descriptor : descriptors) {
            entries.add(entry(firstSlot + entries.size(), descriptor));
        }
        return ask(Kind.PUT, 0, entries, descriptors.stream().map(OwnedFd::fd).toList());
    }

    int count() {
        return ask(Kind.COUNT, 0, List.of()).number();
    }

    /** Everything, with descriptors. */
    List<Listed> list() {
        List<Listed> all = new ArrayList<>();
        int next = 0;
        while (true) {
            sequence++;
            assertThat(send(Frame.of(Kind.LIST, sequence, next).encode(), List.of()))
                    .isTrue();
            Received.Message message = (Received.Message) receive();
            Frame frame = Frame.decode(message.payload());
            if (frame.kind() == Kind.END) {
                assertThat(frame.number()).isEqualTo(all.size());
                return all;
            }
            assertThat(frame.kind()).isEqualTo(Kind.LISTED);
            assertThat(message.descriptors()).hasSameSizeAs(frame.entries());
            for (int i = 0; i < frame.entries().size(); i++) {
                all.add(new Listed(frame.entries().get(i), message.descriptors().get(i)));
            }
            next = frame.number();
        }
    }

    /** Everything, without descriptors. */
    List<Entry> show() {
        List<Entry> all = new ArrayList<>();
        Frame frame = ask(Kind.SHOW, 0, List.of());
        while (frame.kind() == Kind.SHOWN) {
            all.addAll(frame.entries());
            frame = ask(Kind.SHOW, frame.number(), List.of());
        }
        assertThat(frame.kind()).isEqualTo(Kind.END);
        return all;
    }

    /** One listed socket; the descriptor is the test's to close. */
    record Listed(Entry entry, OwnedFd descriptor) {}

    @Override
    public void close() {
        socket.close();
    }
}
