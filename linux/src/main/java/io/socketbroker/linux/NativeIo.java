package io.socketbroker.linux;

/** The common ends of read, recv, write and send. Stateless. */
final class NativeIo {

    private NativeIo() {}

    static void requireRoom(byte[] into) {
        if (into.length == 0) {
            throw new IllegalArgumentException(
                    "an empty array has no room: 0 bytes would look like the end of the stream");
        }
    }

    /** Copies what was received; gives the count or {@link Io#WOULD_BLOCK}. */
    static int received(String call, Fd fd, int count, NativeBlock buffer, byte[] into) {
        int bytes = transferred(call, fd, count);
        if (bytes > 0) {
            buffer.getBytes(0, into, bytes);
        }
        buffer.keepReachable();
        return bytes;
    }

    /** The count or {@link Io#WOULD_BLOCK}. */
    static int transferred(String call, Fd fd, int count) {
        return count == -Errno.EAGAIN ? Io.WOULD_BLOCK : LinuxException.check(call, fd, count);
    }
}
