package io.socketbroker.linux;

/** clock_gettime(2) and timerfd_create(2), bound when the first of them is used. Each returns a result or the negated errno. */
final class LibcTime {

    static final NativeFunction CLOCK_GETTIME = NativeFunction.of("clock_gettime", 2);
    static final NativeFunction TIMERFD_CREATE = NativeFunction.of("timerfd_create", 2);
    static final NativeFunction TIMERFD_SETTIME = NativeFunction.of("timerfd_settime", 4);

    private LibcTime() {}
}
