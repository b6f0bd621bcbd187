package io.socketbroker.linux;

import java.util.List;

/**
 * The native memory of one {@link DescriptorChannel}: {@code struct msghdr}, one {@code struct iovec}, payload and
 * control messages. Not thread-safe.
 */
final class MessageBuffer {

    private final NativeBlock header;
    private final NativeBlock vector;
    private final NativeBlock payload;
    private final ControlMessages control;

    MessageBuffer(int maximumPayloadBytes) {
        this.header = NativeBlock.allocate(Abi.MSGHDR_SIZE);
        this.vector = NativeBlock.allocate(Abi.IOVEC_SIZE);
        this.payload = NativeBlock.allocate(maximumPayloadBytes);
        this.control = new ControlMessages();
        vector.setLong(0, payload.address());
        header.setLong(Abi.MSGHDR_IOV_OFFSET, vector.address());
        header.setLong(Abi.MSGHDR_IOVLEN_OFFSET, 1);
        header.setLong(Abi.MSGHDR_CONTROL_OFFSET, control.address());
    }

    /** The bytes sent or the negated errno, never EINTR. */
    int send(Fd socket, byte[] bytes, List<Fd> descriptors, int flags) {
        payload.setBytes(0, bytes, 0, bytes.length);
        prepare(bytes.length, control.write(descriptors));
        return call(LibcMessages.SENDMSG, socket, flags);
    }

    /** The bytes received or the negated errno, never EINTR. */
    int receive(Fd socket, int flags) {
        // Always room for the most descriptors that can come: the kernel drops those that do not fit.
        prepare(payload.byteSize(), control.capacity());
        return call(LibcMessages.RECVMSG, socket, flags);
    }

    private void prepare(long payloadBytes, long controlBytes) {
        vector.setLong(Abi.IOVEC_LEN_OFFSET, payloadBytes);
        header.setLong(Abi.MSGHDR_CONTROLLEN_OFFSET, controlBytes);
        header.setInt(Abi.MSGHDR_FLAGS_OFFSET, 0);
    }

    private int call(NativeFunction function, Fd socket, int flags) {
        int result;
        do {
            result = function.call(socket.number(), header.address(), flags);
        } while (result == -Errno.EINTR);
        header.keepReachable();
        vector.keepReachable();
        payload.keepReachable();
        control.keepReachable();
        return result;
    }

    boolean hasFlag(int flag) {
        return (header.getInt(Abi.MSGHDR_FLAGS_OFFSET) & flag) != 0;
    }

    byte[] payload(int length) {
        var bytes = new byte[length];
        payload.getBytes(0, bytes, length);
        return bytes;
    }

    void takeDescriptors(List<OwnedFd> into) {
        control.takeDescriptors(header.getLong(Abi.MSGHDR_CONTROLLEN_OFFSET), into);
    }
}
