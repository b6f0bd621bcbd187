package io.socketbroker.linux;

/**
 * A counter to wake an epoll loop with (eventfd(2)), with O_NONBLOCK and FD_CLOEXEC.
 *
 * <p>Thread-safe: {@link #signal} from any thread. The lock keeps a late signal from writing into another file that got
 * the number after the close.
 */
public final class EventFd implements AutoCloseable {

    private final OwnedFd event;

    /** A new counter at zero. */
    public EventFd() {
        int number = LibcEvents.EVENTFD.call(0, Abi.EFD_CLOEXEC | Abi.EFD_NONBLOCK);
        this.event = OwnedFd.own(LinuxException.check("eventfd", number));
    }

    /**
     * Makes the descriptor readable until {@link #drain}.
     *
     * @throws IllegalStateException if closed
     */
    public synchronized void signal() {
        var memory = ThreadMemory.current().option();
        memory.setLong(0, 1);
        int result = LibcDescriptors.WRITE.call(event.number(), memory.address(), Long.BYTES);
        check("write", result); // EAGAIN: the counter is at its maximum, so it is readable
    }

    /** Sets the counter to zero; without effect if it is. */
    public synchronized void drain() {
        var memory = ThreadMemory.current().option();
        int result = LibcDescriptors.READ.call(event.number(), memory.address(), Long.BYTES);
        check("read", result);
    }

    private void check(String call, int result) {
        if (result != -Errno.EAGAIN) {
            LinuxException.check(call, event.fd(), result);
        }
    }

    /** The descriptor on loan, to be watched for EPOLLIN. */
    public Fd fd() {
        return event.fd();
    }

    @Override
    public synchronized void close() {
        event.close();
    }
}
