package io.socketbroker.linux;

import java.util.Objects;

/**
 * read(2) and write(2) on any descriptor.
 *
 * <p>Thread-safe; the bytes pass through native memory of the calling thread. A blocking descriptor blocks the calling
 * thread, and a virtual thread its carrier as well.
 */
public final class Io {

    /** Returned instead of EAGAIN by a non-blocking descriptor. */
    public static final int WOULD_BLOCK = -1;

    private Io() {}

    /**
     * Reads up to {@code into.length} bytes; repeated after EINTR.
     *
     * @param into not empty, since 0 bytes would look like the end
     * @return the count, 0 at the end of the file or stream, or {@link #WOULD_BLOCK}
     */
    public static int read(Fd fd, byte[] into) {
        NativeIo.requireRoom(into);
        var buffer = ThreadMemory.current().buffer(into.length);
        int count;
        do {
            count = LibcDescriptors.READ.call(fd.number(), buffer.address(), into.length);
        } while (count == -Errno.EINTR);
        return NativeIo.received("read", fd, count, buffer, into);
    }

    /**
     * Writes up to {@code length} bytes of an array; repeated after EINTR. SIGPIPE does no harm, as the JVM handles it.
     *
     * @return the count, which may be short, or {@link #WOULD_BLOCK}
     * @throws LinuxException EPIPE if nobody reads any more
     */
    public static int write(Fd fd, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, from.length);
        var buffer = ThreadMemory.current().buffer(length);
        buffer.setBytes(0, from, offset, length);
        int count;
        do {
            count = LibcDescriptors.WRITE.call(fd.number(), buffer.address(), length);
        } while (count == -Errno.EINTR);
        buffer.keepReachable();
        return NativeIo.transferred("write", fd, count);
    }
}
