package io.socketbroker.linux;

/**
 * One deadline on {@link BootClock} that an epoll loop can wait for (timerfd_create(2)), with O_NONBLOCK and
 * FD_CLOEXEC. It also comes due while the machine is suspended, and is then reported at resume; the timeout of
 * epoll_wait(2) would still lie ahead by the time of the suspend.
 *
 * <p>Belongs to one thread; any thread may close it when that one is done. Nothing is allocated per call.
 */
public final class TimerFd implements AutoCloseable {

    private final OwnedFd timer;

    /** A timer without a deadline. */
    public TimerFd() {
        int number = LibcTime.TIMERFD_CREATE.call(Abi.CLOCK_BOOTTIME, Abi.TFD_CLOEXEC | Abi.TFD_NONBLOCK);
        this.timer = OwnedFd.own(LinuxException.check("timerfd_create", number));
    }

    /**
     * Makes the descriptor readable once, at the deadline, instead of at the one before. An expiry that was not drained
     * is forgotten.
     *
     * @param bootNanos on the clock of {@link BootClock#nanos}; what has passed, or is negative, comes due at once
     */
    public void setDeadline(long bootNanos) {
        // Zero would disarm the timer.
        long deadline = Long.max(1, bootNanos);
        set(deadline / LibcTime.NANOS_PER_SECOND, deadline % LibcTime.NANOS_PER_SECOND);
    }

    /** Forgets the deadline, and an expiry that was not drained. */
    public void disarm() {
        set(0, 0);
    }

    private void set(long seconds, long nanos) {
        var value = ThreadMemory.current().option();
        value.setLong(0, 0); // the interval: it does not repeat
        value.setLong(Abi.TIMESPEC_NSEC_OFFSET, 0);
        value.setLong(Abi.ITIMERSPEC_VALUE_OFFSET, seconds);
        value.setLong(Abi.ITIMERSPEC_VALUE_OFFSET + Abi.TIMESPEC_NSEC_OFFSET, nanos);
        int result = LibcTime.TIMERFD_SETTIME.call(timer.number(), Abi.TFD_TIMER_ABSTIME, value.address(), 0);
        LinuxException.check("timerfd_settime", timer.fd(), result);
    }

    /**
     * Makes an expired timer unreadable again.
     *
     * @return whether it had expired
     */
    public boolean drain() {
        var expirations = ThreadMemory.current().option();
        int result = LibcDescriptors.READ.call(timer.number(), expirations.address(), Long.BYTES);
        return NativeIo.transferred("read", timer.fd(), result) != Io.WOULD_BLOCK;
    }

    /** The descriptor on loan, to be watched for EPOLLIN. */
    public Fd fd() {
        return timer.fd();
    }

    @Override
    public void close() {
        timer.close();
    }
}
