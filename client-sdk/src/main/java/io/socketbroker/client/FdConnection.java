package io.socketbroker.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One connection to {@code fd.sock}: a request with descriptors, then its answer, one at a time. Every send and receive
 * is bounded by the socket's own time-outs. Whatever the peer sends that is not the answer to the request ends the
 * connection, and its descriptors are closed.
 *
 * <p>Not thread-safe: one thread at a time, as its owner sees to.
 */
final class FdConnection implements AutoCloseable {

    /** Of the protocol: a frame with its context. */
    static final int MAX_FRAME_BYTES = 160 * 1024;

    /** What a frame has besides its body. */
    private static final int BYTES_AROUND_BODY = 64;

    private final OwnedFd socket;
    private final DescriptorChannel channel = new DescriptorChannel(MAX_FRAME_BYTES);
    private final Path path;
    private int lastRequestId;

    private FdConnection(OwnedFd socket, Path path) {
        this.socket = socket;
        this.path = path;
    }

    /**
     * Connects.
     *
     * @throws BrokerException UNAVAILABLE if nobody listens there
     */
    static FdConnection open(RuntimeDirectory directory, Duration timeout) {
        return new FdConnection(connect(directory, timeout), directory.fdSocket());
    }

    /** The connected socket alone, with its time-outs set. */
    static OwnedFd connect(RuntimeDirectory directory, Duration timeout) {
        var path = directory.fdSocket();
        var socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, 0);
        try {
            // Before the connect, which the send time-out bounds too when the backlog is full (unix(7)).
            SocketOptions.setSendTimeout(socket.fd(), timeout);
            SocketOptions.setReceiveTimeout(socket.fd(), timeout);
            Sockets.connect(socket.fd(), new Endpoint.UnixPath(path.toString()));
            return socket;
        } catch (LinuxException e) {
            socket.close();
            throw new BrokerException(
                    e.is(Errno.ENAMETOOLONG) ? Code.INVALID_ARGUMENT : Code.UNAVAILABLE,
                    "no broker answers at " + path + " (" + e.errnoName() + "): start one with `socketbroker daemon"
                            + " --runtime-dir " + directory + "`",
                    e);
        }
    }

    /** Whether a body of so many bytes goes into one frame. */
    static boolean fits(int bodyBytes) {
        return bodyBytes + BYTES_AROUND_BODY <= MAX_FRAME_BYTES;
    }

    /** The answer to a request, with the descriptors that came along; its receiver owns them. */
    record Answer(FdFrame frame, List<OwnedFd> descriptors) {
        void closeDescriptors() {
            descriptors.forEach(OwnedFd::close);
        }
    }

    /** Sends a request and waits for its answer, which must be of the given kind. */
    Answer exchange(FdFrame.Builder request, List<Fd> descriptors, FdFrame.BodyCase expected) {
        return receive(send(request, descriptors), expected);
    }

    /** Sends a request and gives its id, for {@link #receive}. */
    int send(FdFrame.Builder request, List<Fd> descriptors) {
        int id = ++lastRequestId;
        try {
            if (!channel.sendBlocking(
                    socket.fd(), request.setRequestId(id).build().toByteArray(), descriptors)) {
                throw dead(Code.DEADLINE_EXCEEDED, "the broker takes no messages");
            }
        } catch (LinuxException e) {
            if (e.is(Errno.ETOOMANYREFS) || e.is(Errno.EBADF)) {
                // The kernel refused the message whole; the connection is as before.
                throw new BrokerException(
                        Code.FAILED_PRECONDITION, "descriptors could not be sent: " + e.getMessage(), e);
            }
            close();
            throw new BrokerException(Code.UNAVAILABLE, "the connection to " + path + " is lost: " + e.getMessage(), e);
        }
        return id;
    }

    /** Waits for the answer to the request of that id. */
    Answer receive(int requestId, FdFrame.BodyCase expected) {
        Received received;
        try {
            received = channel.receiveBlocking(socket.fd());
        } catch (LinuxException e) {
            close();
            throw new BrokerException(Code.UNAVAILABLE, "the connection to " + path + " is lost: " + e.getMessage(), e);
        }
        return switch (received) {
            case Received.WouldBlock() -> throw dead(Code.DEADLINE_EXCEEDED, "the broker did not answer in time");
            case Received.EndOfStream() -> throw dead(Code.UNAVAILABLE, "the broker closed the connection");
            case Received.Message message -> checked(message, requestId, expected);
        };
    }

    private Answer checked(Received.Message message, int requestId, FdFrame.BodyCase expected) {
        boolean good = false;
        try {
            if (message.payloadTruncated()) {
                throw dead(Code.INTERNAL, "the broker's answer is longer than " + MAX_FRAME_BYTES + " bytes");
            }
            var frame = FdFrame.parseFrom(message.payload());
            if (frame.getRequestId() != requestId) {
                throw dead(
                        Code.INTERNAL,
                        "the answer has request id " + frame.getRequestId() + " instead of " + requestId
                                + (frame.hasError() ? ": " + frame.getError().getMessage() : ""));
            }
            if (frame.hasError()) {
                if (frame.getError().getReason() == ErrorReason.ERROR_REASON_MALFORMED_FRAME) {
                    close();
                }
                throw FdErrors.refusal(frame.getError());
            }
            if (frame.getBodyCase() != expected) {
                throw dead(Code.INTERNAL, "the broker answered " + frame.getBodyCase() + " instead of " + expected);
            }
            if (message.descriptorsTruncated()) {
                throw FdErrors.reclaimLost("this process has no room for the descriptors that came: raise its limit of"
                        + " open files (ulimit -n)");
            }
            good = true;
            return new Answer(frame, message.descriptors());
        } catch (InvalidProtocolBufferException e) {
            close();
            throw new BrokerException(Code.INTERNAL, "the answer at " + path + " is not a frame: " + e.getMessage(), e);
        } finally {
            if (!good) {
                message.close();
            }
        }
    }

    private BrokerException dead(Code code, String message) {
        close();
        return new BrokerException(code, message + " (" + path + ")");
    }

    /** Whether a request can be sent: the peer neither closed nor said something unasked. */
    boolean isUsable() {
        if (!socket.isOpen()) {
            return false;
        }
        try {
            return Sockets.peek(socket.fd(), new byte[1]) == Sockets.WOULD_BLOCK;
        } catch (LinuxException e) {
            // ECONNRESET and its kin: the connection is dead, which is the answer.
            return false;
        }
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            socket.close();
            channel.close();
        }
    }
}
