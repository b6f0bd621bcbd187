package io.socketbroker.daemon.transfer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.EncodedFrame;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Error;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of fd.sock and its connections. A connection that does not read its answers for 5 s, or sends what is
 * not a frame, is closed; nobody else notices.
 */
public final class FdServer implements AutoCloseable {
    /** The largest frame: a context of 64 KiB and room for the rest. */
    public static final int MOST_FRAME_BYTES = 160 * 1024;

    private static final Logger log = LoggerFactory.getLogger(FdServer.class);
    private static final int MOST_CONNECTIONS = 1_024;
    private static final int MOST_CONNECTIONS_PER_UID = 256;
    private static final int FRAMES_PER_TURN = 16;

    /** Each is at most about 1 KiB. */
    private static final int MOST_ITEMS_TOLD = 100;

    private static final long ACCEPT_PAUSE_NANOS = 100_000_000L;
    private static final long ANSWER_TIMEOUT_NANOS = 5_000_000_000L;
    private static final int LISTENER_EVENTS = Epoll.EPOLLIN | Epoll.EPOLLONESHOT;

    private final EventLoop loop;
    private final OwnedFd listener;
    private final PeerIdentity identity;
    private final FrameHandler handler;
    private final DescriptorChannel channel = new DescriptorChannel(MOST_FRAME_BYTES);
    private final Map<Integer, Connection> connections = new HashMap<>();
    private final int source;
    private final int listenerSource;
    private int lastIndex;

    private static final class Connection {
        final int index;
        final OwnedFd descriptor;
        final Caller caller;

        /**
         * Answers that did not fit into the socket. Until they are sent nothing more is read: there is one, and those that
         * waited for the journal meanwhile.
         */
        final Deque<byte[]> unsent = new ArrayDeque<>();

        /** How often that happened. */
        long postponed;

        Connection(int index, OwnedFd descriptor, Caller caller) {
            this.index = index;
            this.descriptor = descriptor;
            this.caller = caller;
        }
    }

    /** Serves a listening SEQPACKET socket, whose owner this becomes. Before the loop runs. */
    public FdServer(EventLoop loop, OwnedFd listener, PeerIdentity identity, FrameHandler handler) {
        this.loop = loop;
        this.listener = listener;
        this.identity = identity;
        this.handler = handler;
        source = loop.addSource((index, _, _) -> ready(index));
        listenerSource = loop.addSource((_, _, _) -> accept());
        loop.add(listener.fd(), LISTENER_EVENTS, listenerSource, 0, 0);
    }

    private void accept() {
        try {
            Optional<OwnedFd> accepted = Sockets.accept(listener.fd(), true);
            while (accepted.isPresent()) {
                admit(accepted.get());
                accepted = Sockets.accept(listener.fd(), true);
            }
            loop.modify(listener.fd(), LISTENER_EVENTS, listenerSource, 0, 0);
        } catch (LinuxException e) {
            // Out of descriptors: looking again at once would spin, because the connection still waits.
            log.warn("fd.sock accepts no connection for now: {}", e.getMessage());
            loop.schedule(ACCEPT_PAUSE_NANOS, () -> loop.modify(listener.fd(), LISTENER_EVENTS, listenerSource, 0, 0));
        }
    }

    private void admit(OwnedFd descriptor) {
        Caller caller = identity.of(descriptor.fd());
        long ofUid = connections.values().stream()
                .filter(connection -> connection.caller.uid() == caller.uid())
                .count();
        if (connections.size() >= MOST_CONNECTIONS || ofUid >= MOST_CONNECTIONS_PER_UID) {
            log.warn(
                    "fd.sock refuses a connection of uid {}: {} connections, {} of that uid",
                    Integer.toUnsignedString(caller.uid()),
                    connections.size(),
                    ofUid);
            descriptor.close();
            return;
        }
        Connection connection = new Connection(++lastIndex, descriptor, caller);
        connections.put(connection.index, connection);
        loop.add(descriptor.fd(), Epoll.EPOLLIN | Epoll.EPOLLRDHUP, source, connection.index, 0);
    }

    private void ready(int index) {
        Connection connection = connections.get(index);
        if (connection != null && !connection.unsent.isEmpty()) {
            sendAgain(connection);
        }
        for (int i = 0; connection != null && connection.unsent.isEmpty() && i < FRAMES_PER_TURN; i++) {
            if (!receive(connection)) {
                return;
            }
            connection = connections.get(index);
        }
    }

    /** False when nothing more is to be received now. */
    private boolean receive(Connection connection) {
        try {
            switch (channel.receive(connection.descriptor.fd())) {
                case DescriptorChannel.Received.Message message -> {
                    received(connection, message);
                    return true;
                }
                case DescriptorChannel.Received.WouldBlock _ -> {
                    return false;
                }
                case DescriptorChannel.Received.EndOfStream _ -> close(connection);
            }
        } catch (LinuxException e) {
            close(connection);
        }
        return false;
    }

    private void received(Connection connection, DescriptorChannel.Received.Message message) {
        FdFrame frame;
        try {
            if (message.payloadTruncated()) {
                throw new InvalidProtocolBufferException("longer than " + MOST_FRAME_BYTES + " bytes");
            }
            frame = FdFrame.parseFrom(message.payload());
        } catch (InvalidProtocolBufferException e) {
            message.close();
            refuse(connection, 0, malformed("not a frame: " + e.getMessage()));
            close(connection);
            return;
        }
        answer(connection, frame, message);
    }

    private void answer(Connection connection, FdFrame frame, DescriptorChannel.Received.Message message) {
        if (frame.getBodyCase() == FdFrame.BodyCase.BODY_NOT_SET
                || (!message.descriptors().isEmpty() && !bringsDescriptors(frame))) {
            message.close();
            refuse(
                    connection,
                    frame.getRequestId(),
                    malformed("a frame of kind " + frame.getBodyCase()
                            + " is not for the broker, or not with descriptors"));
            close(connection);
            return;
        }
        try {
            FrameHandler.Answer answer = handler.frame(
                    connection.index, connection.caller, frame, message.descriptors(), message.descriptorsTruncated());
            answer(connection, frame.getRequestId(), answer);
        } catch (BrokerRefusal refusal) {
            refuse(connection, frame.getRequestId(), refusal);
        }
    }

    private static boolean bringsDescriptors(FdFrame frame) {
        return frame.getBodyCase() == FdFrame.BodyCase.DEPOSIT || frame.getBodyCase() == FdFrame.BodyCase.TRANSFER;
    }

    private void answer(Connection connection, int requestId, FrameHandler.Answer answer) {
        CompletableFuture<EncodedFrame> frame = answer.frame().toCompletableFuture();
        if (frame.isDone() && !frame.isCompletedExceptionally()) {
            reply(connection, requestId, frame.join(), answer.descriptors());
            return;
        }
        var _ = frame.whenComplete((complete, failure) -> loop.execute(() -> {
            if (connections.get(connection.index) != connection) {
                return;
            }
            if (failure != null) {
                refuse(
                        connection,
                        requestId,
                        BrokerRefusal.of(
                                failure, cause -> log.error("a request on fd.sock failed by a defect", cause)));
                return;
            }
            reply(connection, requestId, complete, answer.descriptors());
        }));
    }

    private void reply(Connection connection, int requestId, EncodedFrame answer, List<Fd> descriptors) {
        committed(answer.kind());
        send(connection, answer.answer(requestId), descriptors);
        answered(answer.kind());
    }

    private static void committed(FdFrame.BodyCase kind) {
        switch (kind) {
            case RELEASED -> FailPoint.ACKNOWLEDGE_COMMITTED.pass();
            case COMPLETED -> FailPoint.COMPLETE_COMMITTED.pass();
            default -> {}
        }
    }

    private static void answered(FdFrame.BodyCase kind) {
        switch (kind) {
            case DEPOSITED -> FailPoint.DEPOSIT_ANSWERED.pass();
            case DELIVERY -> FailPoint.CLAIM_ANSWERED.pass();
            case RELEASED -> FailPoint.ACKNOWLEDGE_ANSWERED.pass();
            case COMPLETED -> FailPoint.COMPLETE_ANSWERED.pass();
            default -> {}
        }
    }

    private static BrokerRefusal malformed(String message) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_MALFORMED_FRAME, "frame", message);
    }

    private void refuse(Connection connection, int requestId, BrokerRefusal refusal) {
        send(
                connection,
                FdFrame.newBuilder()
                        .setRequestId(requestId)
                        .setError(Error.newBuilder()
                                .setReason(refusal.reason())
                                .setField(refusal.field())
                                .setMessage(refusal.getMessage())
                                .putAllDetails(refusal.details())
                                .addAllItems(refusal.items().stream()
                                        .limit(MOST_ITEMS_TOLD)
                                        .toList()))
                        .build()
                        .toByteArray(),
                List.of());
    }

    private void send(Connection connection, byte[] bytes, List<Fd> descriptors) {
        if (!connection.unsent.isEmpty() && descriptors.isEmpty()) {
            connection.unsent.add(bytes);
            return;
        }
        try {
            if (channel.send(connection.descriptor.fd(), bytes, descriptors)) {
                return;
            }
        } catch (LinuxException _) {
            close(connection);
            return;
        }
        if (descriptors.isEmpty()) {
            postpone(connection, bytes);
        } else {
            // Nobody asks for descriptors and does not read: what it has not acknowledged goes back to the broker.
            close(connection);
        }
    }

    /** Deliveries may have filled the socket of a session that is slow to read; it has a while to make room. */
    private void postpone(Connection connection, byte[] answer) {
        connection.unsent.add(answer);
        long postponed = ++connection.postponed;
        loop.modify(connection.descriptor.fd(), Epoll.EPOLLOUT, source, connection.index, 0);
        loop.schedule(ANSWER_TIMEOUT_NANOS, () -> {
            if (!connection.unsent.isEmpty() && connection.postponed == postponed) {
                close(connection);
            }
        });
    }

    private void sendAgain(Connection connection) {
        try {
            for (byte[] answer = connection.unsent.peek(); answer != null; answer = connection.unsent.peek()) {
                if (!channel.send(connection.descriptor.fd(), answer, List.of())) {
                    return;
                }
                connection.unsent.remove();
            }
            loop.modify(connection.descriptor.fd(), Epoll.EPOLLIN | Epoll.EPOLLRDHUP, source, connection.index, 0);
        } catch (LinuxException _) {
            close(connection);
        }
    }

    /**
     * Sends a frame that nobody asked for.
     *
     * @return false if the connection has ended, or does not read: nothing was sent
     */
    public boolean push(long index, EncodedFrame frame, List<Fd> descriptors) {
        Connection connection = connections.get((int) index);
        try {
            return connection != null
                    && connection.unsent.isEmpty()
                    && channel.send(connection.descriptor.fd(), frame.unasked(), descriptors);
        } catch (LinuxException _) {
            return false;
        }
    }

    /** Closes a connection from this side; one that has ended already is ignored. */
    public void disconnect(long index) {
        Connection connection = connections.get((int) index);
        if (connection != null) {
            close(connection);
        }
    }

    private void close(Connection connection) {
        if (connections.remove(connection.index) != null) {
            loop.delete(connection.descriptor.fd());
            connection.descriptor.close();
            handler.disconnected(connection.index);
        }
    }

    /** Nobody is told of the ends: what a session has, it has with the next broker too. */
    @Override
    public void close() {
        connections.values().forEach(connection -> {
            loop.delete(connection.descriptor.fd());
            connection.descriptor.close();
        });
        connections.clear();
        listener.close();
        channel.close();
    }
}
