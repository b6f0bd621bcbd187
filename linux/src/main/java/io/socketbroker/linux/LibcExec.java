package io.socketbroker.linux;

/**
 * What {@link Exec} needs beyond the other holders. Each returns a result or the negated errno, but pthread_sigmask its
 * error itself.
 */
final class LibcExec {

    static final NativeFunction EXECVE = NativeFunction.of("execve", 3);
    static final NativeFunction ACCESS = NativeFunction.of("access", 2);
    static final NativeFunction PTHREAD_SIGMASK = NativeFunction.of("pthread_sigmask", 3);
    static final NativeFunction SIGACTION = NativeFunction.of("sigaction", 3);

    private LibcExec() {}
}
