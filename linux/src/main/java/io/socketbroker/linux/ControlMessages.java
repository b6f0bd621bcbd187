package io.socketbroker.linux;

import java.util.List;

/** The ancillary data of one message in native memory (cmsg(3)). Not thread-safe. */
final class ControlMessages {

    /** SCM_MAX_FD of the kernel. */
    static final int MAX_DESCRIPTORS = 253;

    /**
     * For SCM_CREDENTIALS, SCM_SECURITY, SCM_PIDFD and time stamps, which come in front of the descriptors if the
     * socket asks for them.
     */
    private static final int OTHER_BYTES = 512;

    private final NativeBlock block;

    ControlMessages() {
        this.block = NativeBlock.allocate(space(MAX_DESCRIPTORS * Integer.BYTES) + OTHER_BYTES);
    }

    /** CMSG_SPACE. */
    private static long space(int dataBytes) {
        return Abi.CMSGHDR_SIZE + align(dataBytes);
    }

    /** CMSG_ALIGN on LP64. */
    private static long align(long bytes) {
        return bytes + Long.BYTES - 1 & -Long.BYTES;
    }

    long address() {
        return block.address();
    }

    long capacity() {
        return block.byteSize();
    }

    /** Writes one SCM_RIGHTS; gives the length for msg_controllen, 0 without descriptors. */
    long write(List<Fd> descriptors) {
        if (descriptors.isEmpty()) {
            return 0;
        }
        int dataBytes = descriptors.size() * Integer.BYTES;
        block.setLong(0, Abi.CMSGHDR_SIZE + dataBytes);
        block.setInt(Abi.CMSGHDR_LEVEL_OFFSET, Abi.SOL_SOCKET);
        block.setInt(Abi.CMSGHDR_TYPE_OFFSET, Abi.SCM_RIGHTS);
        long offset = Abi.CMSGHDR_SIZE;
        for (Fd descriptor : descriptors) {
            block.setInt(offset, descriptor.number());
            offset += Integer.BYTES;
        }
        return space(dataBytes);
    }

    /** Walks all control messages, takes the descriptors of SCM_RIGHTS and closes any that came in another way. */
    void takeDescriptors(long length, List<OwnedFd> into) {
        long offset = 0;
        while (offset + Abi.CMSGHDR_SIZE <= length) {
            long messageLength = block.getLong(offset);
            if (messageLength < Abi.CMSGHDR_SIZE || offset + messageLength > length) {
                return; // what CMSG_NXTHDR takes for the end
            }
            if (block.getInt(offset + Abi.CMSGHDR_LEVEL_OFFSET) == Abi.SOL_SOCKET) {
                takeFrom(offset, messageLength, into);
            }
            offset += align(messageLength);
        }
    }

    private void takeFrom(long offset, long messageLength, List<OwnedFd> into) {
        int type = block.getInt(offset + Abi.CMSGHDR_TYPE_OFFSET);
        if (type != Abi.SCM_RIGHTS && type != Abi.SCM_PIDFD) {
            return;
        }
        long end = offset + messageLength;
        for (long at = offset + Abi.CMSGHDR_SIZE; at + Integer.BYTES <= end; at += Integer.BYTES) {
            int number = block.getInt(at);
            if (type == Abi.SCM_RIGHTS) {
                into.add(OwnedFd.own(number));
            } else if (number >= 0) { // SCM_PIDFD carries a negated error if there is no descriptor
                OwnedFd.own(number).close();
            }
        }
    }

    void keepReachable() {
        block.keepReachable();
    }
}
