package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.FdFrame;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The {@code fd.sock} connection of one session link, with requests of any thread under way at the same time. One thread
 * receives, and closes.
 */
final class SessionWire implements AutoCloseable {

    private record Request(FdFrame.BodyCase expected, CompletableFuture<FdFrame> answer) {}

    private final Path path;
    private final OwnedFd socket;
    private final DescriptorChannel incoming = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    // All below are guarded by this.
    private final DescriptorChannel outgoing = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    private final Map<Integer, Request> requests = new HashMap<>();
    private int lastRequestId;
    private boolean over;

    private SessionWire(OwnedFd socket, Path path) {
        this.socket = socket;
        this.path = path;
    }

    static SessionWire open(RuntimeDirectory directory, ClientTimeouts timeouts) {
        return new SessionWire(FdConnection.connect(directory, timeouts.descriptors()), directory.fdSocket());
    }

    /** Sends a request; its answer completes the future on the receiving thread. */
    CompletableFuture<FdFrame> request(FdFrame.Builder frame, FdFrame.BodyCase expected) {
        var answer = new CompletableFuture<FdFrame>();
        try {
            send(frame, new Request(expected, answer));
        } catch (BrokerException e) {
            shutdown();
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private synchronized void send(FdFrame.Builder frame, Request request) {
        if (over) {
            throw lost("the session's connection has ended");
        }
        // 0 belongs to frames that nobody asked for.
        lastRequestId = lastRequestId % Integer.MAX_VALUE + 1;
        int id = lastRequestId;
        requests.put(id, request);
        try {
            if (!outgoing.sendBlocking(
                    socket.fd(), frame.setRequestId(id).build().toByteArray(), List.of())) {
                requests.remove(id);
                throw new BrokerException(Code.DEADLINE_EXCEEDED, "the broker takes no messages (" + path + ")");
            }
        } catch (LinuxException e) {
            requests.remove(id);
            throw new BrokerException(Code.UNAVAILABLE, "the connection to " + path + " is lost: " + e.getMessage(), e);
        }
    }

    /**
     * The next message, or WouldBlock after the time-out. On the receiving thread only.
     *
     * @throws BrokerException if the connection is lost
     */
    Received receive() {
        try {
            var received = incoming.receiveBlocking(socket.fd());
            if (received instanceof Received.EndOfStream) {
                throw lost("the broker closed the session's connection");
            }
            return received;
        } catch (LinuxException e) {
            throw new BrokerException(Code.UNAVAILABLE, "the connection to " + path + " is lost: " + e.getMessage(), e);
        }
    }

    /**
     * An answer came.
     *
     * @throws BrokerException if it answers nothing that was asked
     */
    void answered(FdFrame frame) {
        Request request;
        synchronized (this) {
            request = requests.remove(frame.getRequestId());
        }
        if (request != null && frame.getBodyCase() == request.expected()) {
            request.answer().complete(frame);
            return;
        }
        var failure = frame.hasError()
                ? FdErrors.refusal(frame.getError())
                : new BrokerException(
                        Code.INTERNAL,
                        "the broker sent " + frame.getBodyCase() + " with request id " + frame.getRequestId()
                                + ", which nobody asked for (" + path + ")");
        if (request != null) {
            request.answer().completeExceptionally(failure);
        }
        if (request == null || !frame.hasError()) {
            throw failure;
        }
    }

    private BrokerException lost(String message) {
        return new BrokerException(Code.UNAVAILABLE, message + " (" + path + ")");
    }

    /** Ends the connection in both directions, which wakes the receiving thread. Any thread. */
    synchronized void shutdown() {
        if (!over) {
            over = true;
            Sockets.shutdown(socket.fd(), Sockets.SHUT_RDWR);
        }
    }

    /** On the receiving thread, after its last receive. */
    @Override
    public void close() {
        shutdown();
        List<Request> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(requests.values());
            requests.clear();
            socket.close();
            outgoing.close();
        }
        incoming.close();
        unanswered.forEach(r -> r.answer().completeExceptionally(lost("the session's connection has ended")));
    }
}
