package io.socketbroker.linux;

/**
 * epoll(7), eventfd(2), signalfd(2) and pipe(2), bound when the first of them is used. Each returns a result or the negated errno.
 */
final class LibcEvents {

    static final NativeFunction EPOLL_CREATE1 = NativeFunction.of("epoll_create1", 1);
    static final NativeFunction EPOLL_CTL = NativeFunction.of("epoll_ctl", 4);
    static final NativeFunction EPOLL_WAIT = NativeFunction.of("epoll_wait", 4);
    static final NativeFunction EVENTFD = NativeFunction.of("eventfd", 2);
    static final NativeFunction SIGNALFD = NativeFunction.of("signalfd", 3);
    static final NativeFunction PIPE2 = NativeFunction.of("pipe2", 2);

    private LibcEvents() {}
}
