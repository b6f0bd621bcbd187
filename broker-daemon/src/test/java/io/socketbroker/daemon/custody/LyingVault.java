package io.socketbroker.daemon.custody;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Answers requests as a test wants it, on a thread of its own, one connection after the other. */
final class LyingVault implements AutoCloseable {
    private final OwnedFd listener;
    private final Thread thread;
    private volatile boolean closed;

    /** What is sent for one request; a connection ends where there is none. */
    record Reply(ByteString payload, List<Fd> descriptors) {
        static Reply of(Frame frame, Fd... descriptors) {
            return new Reply(ByteString.copyFrom(frame.encode()), List.of(descriptors));
        }

        /** The truth, of a vault that holds nothing. */
        static Reply empty(Frame request) {
            return of(
                    switch (request.kind()) {
                        case OPEN -> Frame.of(Kind.OPENED, request.sequence(), 0);
                        case LIST, SHOW -> Frame.of(Kind.END, request.sequence(), 0);
                        default -> Frame.of(Kind.DONE, request.sequence(), 0);
                    });
        }

        static Reply listed(Frame request, int next, List<Entry> entries, Fd... descriptors) {
            return of(Frame.of(Kind.LISTED, request.sequence(), next, entries), descriptors);
        }

        static Reply end() {
            return new Reply(ByteString.EMPTY, List.of());
        }
    }

    LyingVault(Path path, Function<Frame, Reply> behaviour) {
        listener = Sockets.listenUnix(path, Sockets.SOCK_SEQPACKET, 8);
        thread = Thread.ofPlatform().name("lying-vault").start(() -> run(behaviour));
    }

    private void run(Function<Frame, Reply> behaviour) {
        DescriptorChannel channel = new DescriptorChannel(Frame.MOST_BYTES);
        while (!closed) {
            try (OwnedFd connection = Sockets.accept(listener.fd(), false).orElseThrow()) {
                while (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
                    message.close();
                    Reply reply = behaviour.apply(Frame.decode(message.payload()));
                    if (reply.payload.isEmpty()) {
                        break;
                    }
                    channel.sendBlocking(connection.fd(), reply.payload.toByteArray(), reply.descriptors);
                }
            } catch (LinuxException _) {
                // The client has gone, or the test ends.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        Sockets.shutdown(listener.fd(), Sockets.SHUT_RDWR);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        listener.close();
    }
}
