package io.socketbroker.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * Passes descriptors with a payload over unix sockets (SCM_RIGHTS of unix(7), sendmsg(2), recvmsg(2)).
 *
 * <p>Not thread-safe: one instance per thread. It is tied to no socket, and its native buffers are used again by every
 * call. They are freed by the garbage collector after {@link #close}, so that no late call can reach freed memory.
 *
 * <p>On SOCK_SEQPACKET and SOCK_DGRAM one call moves one whole message. On SOCK_STREAM the descriptors travel with the
 * first byte of the payload.
 */
public final class DescriptorChannel implements AutoCloseable {

    /** SCM_MAX_FD: the kernel passes no more in one message. */
    public static final int MAX_DESCRIPTORS = ControlMessages.MAX_DESCRIPTORS;

    private final int maximumPayloadBytes;
    private final MessageBuffer buffer;
    private boolean open = true;

    /**
     * A channel with buffers of its own.
     *
     * @param maximumPayloadBytes the longest payload of one message, from 1
     */
    public DescriptorChannel(int maximumPayloadBytes) {
        if (maximumPayloadBytes < 1) {
            throw new IllegalArgumentException("a payload has at least one byte: " + maximumPayloadBytes);
        }
        this.maximumPayloadBytes = maximumPayloadBytes;
        this.buffer = new MessageBuffer(maximumPayloadBytes);
    }

    /** What {@link #receive} found. */
    public sealed interface Received {

        /**
         * A message. Whoever has it owns its descriptors, all with FD_CLOEXEC.
         *
         * @param payload may be empty if the sender is foreign
         * @param descriptorsTruncated MSG_CTRUNC: some descriptors are lost for good, because the limit of open files
         *     was reached
         * @param payloadTruncated MSG_TRUNC: the message was longer than the channel's maximum, and its rest is lost
         */
        // The payload is handed over, not shared: a copy per message would be waste.
        @SuppressWarnings("ArrayRecordComponent")
        record Message(
                byte[] payload, List<OwnedFd> descriptors, boolean descriptorsTruncated, boolean payloadTruncated)
                implements Received, AutoCloseable {
            /** Closes every descriptor that is still owned by its object. */
            @Override
            public void close() {
                descriptors.forEach(OwnedFd::close);
            }
        }

        /** Nothing waits, or the receive timeout passed. */
        record WouldBlock() implements Received {}

        /** The peer has closed or shut down its side. An empty message without descriptors looks the same. */
        record EndOfStream() implements Received {}
    }

    /**
     * Sends without blocking and without SIGPIPE. The descriptors stay with the caller; the receiver gets duplicates.
     *
     * @param payload 1 to the maximum of bytes
     * @param descriptors at most {@link #MAX_DESCRIPTORS}, repetitions allowed
     * @return false if the socket's buffer is full, and nothing was sent
     * @throws IllegalArgumentException on a payload or list beyond its limit
     * @throws IllegalStateException if a SOCK_STREAM socket took a part only: use SOCK_SEQPACKET, or payloads far below
     *     the socket's buffer
     * @throws LinuxException EPIPE or ECONNRESET without a peer, EMSGSIZE above the socket's buffer, ETOOMANYREFS if
     *     too many descriptors of this user are in flight
     */
    public boolean send(Fd socket, byte[] payload, List<Fd> descriptors) {
        return send(socket, payload, descriptors, Abi.MSG_NOSIGNAL | Abi.MSG_DONTWAIT);
    }

    /** As {@link #send}, but a blocking socket waits; false only if its send timeout passed or it is non-blocking. */
    public boolean sendBlocking(Fd socket, byte[] payload, List<Fd> descriptors) {
        return send(socket, payload, descriptors, Abi.MSG_NOSIGNAL);
    }

    private boolean send(Fd socket, byte[] payload, List<Fd> descriptors, int flags) {
        requireOpen();
        if (payload.length == 0 || payload.length > maximumPayloadBytes) {
            throw new IllegalArgumentException(
                    "a payload has 1 to " + maximumPayloadBytes + " bytes, not " + payload.length);
        }
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "a message carries at most " + MAX_DESCRIPTORS + " descriptors, not " + descriptors.size());
        }
        int sent = buffer.send(socket, payload, descriptors, flags);
        if (sent == -Errno.EAGAIN) {
            return false;
        }
        if (LinuxException.check("sendmsg", socket, sent) < payload.length) {
            throw new IllegalStateException("sendmsg on descriptor " + socket.number() + " took " + sent + " of "
                    + payload.length + " bytes, so the stream is out of step: close it");
        }
        return true;
    }

    /**
     * Receives one message without blocking.
     *
     * @throws LinuxException for example ECONNRESET
     */
    public Received receive(Fd socket) {
        return receive(socket, Abi.MSG_CMSG_CLOEXEC | Abi.MSG_DONTWAIT);
    }

    /** As {@link #receive}, but a blocking socket waits, at most its receive timeout (which EINTR starts again). */
    public Received receiveBlocking(Fd socket) {
        return receive(socket, Abi.MSG_CMSG_CLOEXEC);
    }

    private Received receive(Fd socket, int flags) {
        requireOpen();
        int received = buffer.receive(socket, flags);
        if (received == -Errno.EAGAIN) {
            return new Received.WouldBlock();
        }
        LinuxException.check("recvmsg", socket, received);
        var descriptors = new ArrayList<OwnedFd>();
        buffer.takeDescriptors(descriptors);
        boolean descriptorsTruncated = buffer.hasFlag(Abi.MSG_CTRUNC);
        if (received == 0 && descriptors.isEmpty() && !descriptorsTruncated) {
            return new Received.EndOfStream();
        }
        return new Received.Message(
                buffer.payload(received),
                List.copyOf(descriptors),
                descriptorsTruncated,
                buffer.hasFlag(Abi.MSG_TRUNC));
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("the descriptor channel is closed");
        }
    }

    /** Ends the use of this channel; sockets stay as they are. */
    @Override
    public void close() {
        open = false;
    }
}
