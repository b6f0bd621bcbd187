package io.socketbroker.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Takes every transfer on fd.sock and closes what came. A thread for each connection. */
final class CannedTransfers implements AutoCloseable {

    private static final int MAX_FRAME_BYTES = 4096;
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final OwnedFd listener;
    private final Function<TransferOwnershipRequest, TransferOwnershipResponse> answers;
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    CannedTransfers(Path socket, Function<TransferOwnershipRequest, TransferOwnershipResponse> answers) {
        this.answers = answers;
        listener = Sockets.listenUnix(socket, Sockets.SOCK_SEQPACKET, 16);
        start(this::acceptAll);
    }

    private void start(Runnable work) {
        threads.add(Thread.ofPlatform().daemon().start(work));
    }

    private void acceptAll() {
        try {
            while (true) {
                var accepted = Sockets.accept(listener.fd(), false).orElseThrow();
                start(() -> serve(accepted));
            }
        } catch (LinuxException | IllegalStateException e) {
            // close() has shut the listener down.
            return;
        }
    }

    private void serve(OwnedFd connection) {
        try (connection;
                var channel = new DescriptorChannel(MAX_FRAME_BYTES)) {
            while (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
                message.close();
                var request = FdFrame.parseFrom(message.payload());
                var answer = FdFrame.newBuilder()
                        .setRequestId(request.getRequestId())
                        .setTransferred(answers.apply(request.getTransfer()));
                channel.sendBlocking(connection.fd(), answer.build().toByteArray(), List.of());
            }
        } catch (LinuxException | InvalidProtocolBufferException e) {
            // The command is gone, which is its right.
            return;
        }
    }

    /** Waits for its threads, so that a test can count descriptors. */
    @Override
    public void close() {
        Sockets.shutdown(listener.fd(), Sockets.SHUT_RDWR);
        for (var thread : threads) {
            try {
                thread.join(BOUND);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        listener.close();
    }
}
