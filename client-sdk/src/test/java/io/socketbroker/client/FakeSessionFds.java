package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.Error;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.Released;
import io.socketbroker.v1.Welcome;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The peer of sessions and launched handlers on fd.sock: welcomes, delivers, and answers as it is told to. A thread for each connection. */
final class FakeSessionFds implements AutoCloseable {

    /** What becomes of an acknowledgement. */
    enum Answer {
        RELEASE,
        EXPIRE,
        HANG_UP,
        NONE
    }

    /** The answer to every claim. */
    record Launch(Delivery delivery, List<OwnedFd> sockets) {}

    final Queue<CompleteRequest> completions = new ConcurrentLinkedQueue<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger acknowledged = new AtomicInteger();
    volatile Answer toAcknowledge = Answer.RELEASE;
    volatile boolean welcoming = true;
    volatile boolean completing = true;
    volatile boolean stale;
    /** What happens at the broker before it takes notice of a completion. */
    volatile Runnable onComplete = () -> {};

    volatile Launch launched = new Launch(Delivery.getDefaultInstance(), List.of());
    private final Set<ByteString> hellos = ConcurrentHashMap.newKeySet();
    private final OwnedFd listener;
    private final DescriptorChannel outgoing = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    // Guarded by this, as is the sending.
    private @Nullable OwnedFd current;
    private final Set<OwnedFd> open = new HashSet<>();

    FakeSessionFds(Path socket) {
        listener = Sockets.listenUnix(socket, Sockets.SOCK_SEQPACKET, 16);
        Thread.ofPlatform().daemon().start(this::acceptAll);
    }

    private void acceptAll() {
        try {
            while (true) {
                var accepted = Sockets.accept(listener.fd(), false).orElseThrow();
                connections.incrementAndGet();
                synchronized (this) {
                    open.add(accepted);
                }
                Thread.ofPlatform().daemon().start(() -> serve(accepted));
            }
        } catch (LinuxException | IllegalStateException e) {
            // close() has shut the listener down.
            return;
        }
    }

    private void serve(OwnedFd connection) {
        try (var incoming = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES)) {
            while (incoming.receiveBlocking(connection.fd()) instanceof Received.Message message) {
                if (!answer(connection, FdFrame.parseFrom(message.payload()))) {
                    return;
                }
            }
        } catch (LinuxException | InvalidProtocolBufferException | IllegalStateException e) {
            // The client is gone, which is its right.
            return;
        } finally {
            synchronized (this) {
                open.remove(connection);
                connection.close();
                if (current == connection) {
                    current = null;
                }
            }
        }
    }

    private boolean answer(OwnedFd connection, FdFrame request) {
        var answer = FdFrame.newBuilder().setRequestId(request.getRequestId());
        switch (request.getBodyCase()) {
            case HELLO -> {
                synchronized (this) {
                    current = connection;
                }
                hellos.add(request.getHello().getSessionId());
                if (welcoming) {
                    send(connection, answer.setWelcome(Welcome.getDefaultInstance()), List.of());
                }
            }
            case CLAIM -> {
                var launch = launched;
                send(connection, answer.setDelivery(launch.delivery()), launch.sockets());
            }
            case ACKNOWLEDGE -> {
                acknowledged.incrementAndGet();
                switch (toAcknowledge) {
                    case RELEASE ->
                        send(
                                connection,
                                answer.setReleased(Released.newBuilder()
                                        .setDeliveryId(request.getAcknowledge().getDeliveryId())),
                                List.of());
                    case EXPIRE ->
                        send(
                                connection,
                                answer.setError(Error.newBuilder().setReason(ErrorReason.ERROR_REASON_CLAIM_EXPIRED)),
                                List.of());
                    case HANG_UP -> {
                        return false;
                    }
                    case NONE -> {}
                }
            }
            case COMPLETE -> {
                onComplete.run();
                completions.add(request.getComplete());
                var response = CompleteResponse.newBuilder();
                if (stale) {
                    response.addErrors(ItemError.newBuilder().setReason(ErrorReason.ERROR_REASON_STALE_GENERATION));
                }
                if (completing) {
                    send(connection, answer.setCompleted(response), List.of());
                }
            }
            default -> throw new IllegalStateException("a session does not send " + request);
        }
        return true;
    }

    void awaitHello(ByteString sessionId) {
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> hellos.contains(sessionId));
    }

    void push(Delivery delivery, List<OwnedFd> sockets) {
        send(FdFrame.newBuilder().setDelivery(delivery), sockets);
    }

    /** To the session that is connected now. */
    synchronized void send(FdFrame.Builder frame, List<OwnedFd> sockets) {
        var to = current;
        if (to == null) {
            throw new IllegalStateException("no session is connected");
        }
        send(to, frame, sockets);
    }

    private synchronized void send(OwnedFd to, FdFrame.Builder frame, List<OwnedFd> sockets) {
        outgoing.sendBlocking(
                to.fd(),
                frame.build().toByteArray(),
                sockets.stream().map(OwnedFd::fd).toList());
    }

    List<LeaseCompletion> ends() {
        return completions.stream()
                .flatMap(request -> request.getCompletionsList().stream())
                .toList();
    }

    synchronized void hangUp() {
        var open = current;
        if (open != null) {
            Sockets.shutdown(open.fd(), Sockets.SHUT_RDWR);
        }
    }

    private synchronized void hangUpAll() {
        open.forEach(connection -> Sockets.shutdown(connection.fd(), Sockets.SHUT_RDWR));
    }

    @Override
    public void close() {
        if (listener.isOpen()) {
            Sockets.shutdown(listener.fd(), Sockets.SHUT_RDWR);
            hangUpAll();
            listener.close();
        }
    }
}
