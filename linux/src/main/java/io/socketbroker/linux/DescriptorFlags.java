package io.socketbroker.linux;

import java.util.OptionalInt;

/**
 * Flags of descriptors (fcntl(2)). Thread-safe; all calls throw {@link LinuxException} with EBADF on a closed
 * descriptor.
 */
public final class DescriptorFlags {

    private DescriptorFlags() {}

    /** O_NONBLOCK, a flag of the open file: all its duplicates, in other processes too, share it. */
    public static boolean isNonBlocking(Fd fd) {
        return (fcntl(fd, Abi.F_GETFL, 0, "fcntl(F_GETFL)") & Abi.O_NONBLOCK) != 0;
    }

    /** Sets or clears O_NONBLOCK, for all duplicates of the open file. */
    public static void setNonBlocking(Fd fd, boolean on) {
        change(fd, Abi.F_GETFL, Abi.F_SETFL, Abi.O_NONBLOCK, on, "fcntl(F_SETFL)");
    }

    /** FD_CLOEXEC, a flag of this descriptor alone. */
    public static boolean isCloseOnExec(Fd fd) {
        return (fcntl(fd, Abi.F_GETFD, 0, "fcntl(F_GETFD)") & Abi.FD_CLOEXEC) != 0;
    }

    /** Sets or clears FD_CLOEXEC. */
    public static void setCloseOnExec(Fd fd, boolean on) {
        change(fd, Abi.F_GETFD, Abi.F_SETFD, Abi.FD_CLOEXEC, on, "fcntl(F_SETFD)");
    }

    /** Whether the descriptor is a socket of any kind. */
    public static boolean isSocket(Fd fd) {
        return socketType(fd).isPresent();
    }

    /** As {@link SocketOptions#type}; empty if the descriptor is no socket. */
    public static OptionalInt socketType(Fd fd) {
        try {
            return OptionalInt.of(SocketOptions.type(fd));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTSOCK)) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private static void change(Fd fd, int getCommand, int setCommand, int flag, boolean on, String call) {
        int old = fcntl(fd, getCommand, 0, call);
        int changed = on ? old | flag : old & ~flag;
        if (changed != old) {
            fcntl(fd, setCommand, changed, call);
        }
    }

    private static int fcntl(Fd fd, int command, int argument, String call) {
        return LinuxException.check(call, fd, LibcDescriptors.FCNTL.call(fd.number(), command, argument));
    }
}
