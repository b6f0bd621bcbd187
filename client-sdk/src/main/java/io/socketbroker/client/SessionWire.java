package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.FdFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code fd.sock} connection of one session link, with requests of any thread under way at the same time. One thread
 * receives, and closes. No request waits for room in the socket: what finds none is sent by a thread of its own, so that
 * answers are read meanwhile. A broker whose answers are not read does not read either.
 */
final class SessionWire implements AutoCloseable {

    private record Request(FdFrame.BodyCase expected, CompletableFuture<FdFrame> answer) {}

    private static final Logger LOG = LoggerFactory.getLogger(SessionWire.class);

    /** An acknowledgement and a completion for each socket of the largest credit, and the same of a link before. */
    static final int MOST_WAITING = 4 * SessionOptions.MAX_CREDIT;

    private final Path path;
    private final OwnedFd socket;
    private final long writerEndMillis;
    private final DescriptorChannel incoming = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    // All below are guarded by this, under which nobody waits for the broker.
    private final DescriptorChannel outgoing = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES);
    private final Map<Integer, Request> requests = new HashMap<>();
    // Frames that found no room, in their order; the writer takes one away when it is sent.
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private boolean writing;
    private int lastRequestId;
    private boolean over;
    private @Nullable BrokerException failure;

    private SessionWire(OwnedFd socket, Path path, Duration sendTimeout) {
        this.socket = socket;
        this.path = path;
        this.writerEndMillis = 2 * sendTimeout.toMillis();
    }

    static SessionWire open(RuntimeDirectory directory, ClientTimeouts timeouts) {
        var bound = timeouts.descriptors();
        return new SessionWire(FdConnection.connect(directory, bound), directory.fdSocket(), bound);
    }

    /** Sends a request, without waiting; its answer completes the future on the receiving thread. */
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
        var payload = frame.setRequestId(id).build().toByteArray();
        // None overtakes those that wait.
        if (waiting.isEmpty() && sendAtOnce(payload)) {
            requests.put(id, request);
            return;
        }
        if (waiting.size() == MOST_WAITING) {
            throw new BrokerException(
                    Code.RESOURCE_EXHAUSTED, MOST_WAITING + " messages wait for the broker to read (" + path + ")");
        }
        requests.put(id, request);
        waiting.add(payload);
        if (!writing) {
            writing = true;
            Thread.ofPlatform().daemon().name("socketbroker-session-writer").start(this::write);
        }
    }

    private boolean sendAtOnce(byte[] payload) {
        try {
            return outgoing.send(socket.fd(), payload, List.of());
        } catch (LinuxException e) {
            throw lost(e);
        }
    }

    /** Sends what waits, on a thread of its own: in the kernel, where a virtual thread would keep its carrier. */
    private void write() {
        try (var channel = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES)) {
            for (var frame = nextWaiting(); frame != null; frame = nextWaiting()) {
                if (!channel.sendBlocking(socket.fd(), frame, List.of())) {
                    fail(new BrokerException(Code.DEADLINE_EXCEEDED, "the broker takes no messages (" + path + ")"));
                    return;
                }
                sent();
            }
        } catch (LinuxException e) {
            fail(lost(e));
        } catch (IllegalStateException e) {
            fail(new BrokerException(Code.UNAVAILABLE, "the session's connection has ended (" + path + ")", e));
        }
    }

    /** Null when the writer is done: whoever has something to send from then on starts another. */
    private synchronized byte @Nullable [] nextWaiting() {
        if (over || waiting.isEmpty()) {
            writerEnded();
            return null;
        }
        return waiting.peek();
    }

    private synchronized void sent() {
        waiting.poll();
    }

    private void writerEnded() {
        writing = false;
        notifyAll();
    }

    /** The writer's last call. */
    private synchronized void fail(BrokerException why) {
        if (failure == null) {
            failure = why;
        }
        shutdown();
        writerEnded();
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
                throw endCause();
            }
            return received;
        } catch (LinuxException e) {
            throw lost(e);
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

    private synchronized BrokerException endCause() {
        var known = failure;
        return known == null ? lost("the broker closed the session's connection") : known;
    }

    private BrokerException lost(LinuxException cause) {
        return new BrokerException(
                Code.UNAVAILABLE, "the connection to " + path + " is lost: " + cause.getMessage(), cause);
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
            awaitWriterEnd();
            unanswered = List.copyOf(requests.values());
            requests.clear();
            waiting.clear();
            socket.close();
            outgoing.close();
        }
        incoming.close();
        unanswered.forEach(r -> r.answer().completeExceptionally(lost("the session's connection has ended")));
    }

    /** The shutdown has woken it. The number of the descriptor must not become another's while it sends. */
    private synchronized void awaitWriterEnd() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(writerEndMillis);
        boolean interrupted = false;
        while (writing) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                LOG.warn("the writer to {} did not end in time", path);
                break;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
