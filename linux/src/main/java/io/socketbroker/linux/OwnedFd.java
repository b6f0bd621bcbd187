package io.socketbroker.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * A descriptor and the duty to close it. Exactly one object owns a number; whoever has it closes it or passes it on.
 *
 * <p>Thread-safe: of any number of calls to {@link #close} and {@link #release} exactly one takes effect. Closing while
 * another thread uses the borrowed {@link Fd} is the owner's mistake, as the number may be another file's the next
 * moment.
 *
 * <p>All owners of the JVM are counted; with the system property {@code socketbroker.trackDescriptors=true} (read once)
 * each also remembers where it was made.
 */
public final class OwnedFd implements AutoCloseable {

    // Not an AtomicBoolean: with one of these objects per parked socket, 16 bytes each count.
    private static final VarHandle OPEN;

    static {
        try {
            OPEN = MethodHandles.lookup().findVarHandle(OwnedFd.class, "open", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Fd fd;
    private volatile boolean open = true;

    private OwnedFd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Takes ownership of a raw number, which the caller got from the kernel or from a former owner.
     *
     * @throws IllegalArgumentException if negative
     */
    public static OwnedFd own(int number) {
        var owned = new OwnedFd(new Fd(number));
        OwnedFdRegistry.opened(owned);
        return owned;
    }

    /**
     * The number on loan, always the same object.
     *
     * @throws IllegalStateException if closed or released
     */
    public Fd fd() {
        if (!open) {
            throw new IllegalStateException(this + ", so it cannot be used");
        }
        return fd;
    }

    /** The same as {@code fd().number()}. */
    public int number() {
        return fd().number();
    }

    /**
     * A second descriptor of the same open file, with FD_CLOEXEC (F_DUPFD_CLOEXEC of fcntl(2)).
     *
     * @throws LinuxException EMFILE at the limit of open files
     */
    public OwnedFd duplicate() {
        return duplicateAtOrAbove(0);
    }

    /**
     * As {@link #duplicate}, with the lowest free number that is not below {@code minimum}.
     *
     * @throws LinuxException EINVAL if {@code minimum} is beyond the limit of open files
     */
    public OwnedFd duplicateAtOrAbove(int minimum) {
        return duplicate(fd(), minimum);
    }

    /** As {@link #duplicate}, of a descriptor on loan, which its owner keeps. */
    public static OwnedFd duplicateOf(Fd source) {
        return duplicate(source, 0);
    }

    static OwnedFd duplicate(Fd source, int minimum) {
        int number = LibcDescriptors.FCNTL.call(source.number(), Abi.F_DUPFD_CLOEXEC, minimum);
        return own(LinuxException.check("fcntl(F_DUPFD_CLOEXEC)", source, number));
    }

    /**
     * Gives the number to another owner (a Netty channel, a program that is executed); this object counts as closed
     * afterwards.
     *
     * @throws IllegalStateException if closed or released before
     */
    public int release() {
        if (!OPEN.compareAndSet(this, true, false)) {
            throw new IllegalStateException(this + ", so it cannot be released");
        }
        OwnedFdRegistry.closed(this);
        return fd.number();
    }

    /** Whether this object still owns its number. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Closes the descriptor; without effect if closed or released before. EINTR is success, since Linux frees the
     * number in any case and a retry could hit another file (close(2)).
     *
     * @throws LinuxException EBADF if somebody else closed the number, which is a mistake in the program
     */
    @Override
    public void close() {
        if (OPEN.compareAndSet(this, true, false)) {
            OwnedFdRegistry.closed(this);
            int result = LibcDescriptors.CLOSE.call(fd.number());
            if (result != -Errno.EINTR) {
                LinuxException.check("close", fd, result);
            }
        }
    }

    /** How many objects of this class in this JVM are neither closed nor released, with what {@link OwnedFds} have. */
    public static int openCount() {
        return OwnedFdRegistry.openCount();
    }

    /** One text "fd 12 created at: ..." for each open object, by number; empty unless tracking is on. */
    public static List<String> openDescriptions() {
        return OwnedFdRegistry.openDescriptions();
    }

    /** The number, for messages also after the close. */
    int lastNumber() {
        return fd.number();
    }

    @Override
    public String toString() {
        return open ? fd.toString() : fd + " is closed or released";
    }
}
