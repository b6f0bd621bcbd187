package io.socketbroker.linux;

/** clock_gettime(2) and timerfd_create(2), bound when the first of them is used. Each returns a result or the negated errno. */
final class LibcTime {

    static final NativeFunction CLOCK_GETTIME = NativeFunction.of("clock_gettime", 2);
    static final NativeFunction TIMERFD_CREATE = NativeFunction.of("timerfd_create", 2);
    static final NativeFunction TIMERFD_SETTIME = NativeFunction.of("timerfd_settime", 4);

    static final long NANOS_PER_SECOND = 1_000_000_000;

    private LibcTime() {}

    /** What a clock shows. */
    static long nanos(int clock) {
        var time = ThreadMemory.current().option();
        LinuxException.check("clock_gettime", CLOCK_GETTIME.call(clock, time.address()));
        return time.getLong(0) * NANOS_PER_SECOND + time.getLong(Abi.TIMESPEC_NSEC_OFFSET);
    }
}
