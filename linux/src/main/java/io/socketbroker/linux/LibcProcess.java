package io.socketbroker.linux;

/**
 * Processes, limits and identities, bound when the first of them is used. Each returns a result or the negated errno.
 */
final class LibcProcess {

    static final NativeFunction WAITID = NativeFunction.of("waitid", 4);
    static final NativeFunction KILL = NativeFunction.of("kill", 2);
    static final NativeFunction PRLIMIT = NativeFunction.of("prlimit", 4);

    /** syscall(2) itself, for calls whose glibc wrappers are younger than the glibc that is asked for. */
    static final NativeFunction SYSCALL = NativeFunction.variadic("syscall", 5, 1);

    private LibcProcess() {}

    /** Bound apart: the only calls without arguments. */
    static final class Identity {
        static final NativeFunction GETEUID = NativeFunction.of("geteuid", 0);
        static final NativeFunction GETEGID = NativeFunction.of("getegid", 0);

        private Identity() {}
    }
}
