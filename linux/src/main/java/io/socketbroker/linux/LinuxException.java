package io.socketbroker.linux;

import java.io.Serial;

/**
 * A system call or libc function failed. Its message names the call, what it worked on and the error: "sendmsg on
 * descriptor 12: EPIPE (Broken pipe)".
 *
 * <p>Immutable.
 */
public final class LinuxException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int fd;
    private final int errno;

    /**
     * A failure on a descriptor, or on nothing in particular.
     *
     * @param call name of the function, as in its man page
     * @param fd the descriptor's number, or -1 if the call has none
     * @param errno a number of {@link Errno}
     */
    public LinuxException(String call, int fd, int errno) {
        this(call, fd, fd < 0 ? "" : " on descriptor " + fd, errno);
    }

    private LinuxException(String call, int fd, String subject, int errno) {
        super(call + subject + ": " + Errno.name(errno) + " (" + Errno.description(errno) + ")");
        this.call = call;
        this.fd = fd;
        this.errno = errno;
    }

    /**
     * A failure on something that has a name: a path, a program, a process. The message reads "call of subject: ...".
     */
    public static LinuxException of(String call, String subject, int errno) {
        return new LinuxException(call, -1, " of " + subject, errno);
    }

    /** Name of the function that failed, without its subject. */
    public String call() {
        return call;
    }

    /** The descriptor it failed on, or -1. */
    public int fd() {
        return fd;
    }

    /** The error number. */
    public int errno() {
        return errno;
    }

    /** The error's symbolic name, as {@link Errno#name}. */
    public String errnoName() {
        return Errno.name(errno);
    }

    /** Whether this is the given error. */
    public boolean is(int errno) {
        return this.errno == errno;
    }

    /** Turns the negated errno of a failed {@link NativeFunction} into an exception and passes other results on. */
    static int check(String call, Fd fd, int result) {
        if (result < 0) {
            throw new LinuxException(call, fd.number(), -result);
        }
        return result;
    }

    /**
     * As {@link #check(String, Fd, int)}, with the address in the message: "bind on descriptor 5 to 127.0.0.1:80: ...".
     */
    static void check(String call, Fd fd, Endpoint endpoint, int result) {
        if (result < 0) {
            var subject = " on descriptor " + fd.number() + " to " + endpoint;
            throw new LinuxException(call, fd.number(), subject, -result);
        }
    }

    /** As {@link #check(String, Fd, int)} for a call without a descriptor. */
    static int check(String call, int result) {
        if (result < 0) {
            throw new LinuxException(call, -1, -result);
        }
        return result;
    }
}
