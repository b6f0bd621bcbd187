package io.socketbroker.linux;

/** Calls on any descriptor, bound when the first of them is used. Each returns a result or the negated errno. */
final class LibcDescriptors {

    static final NativeFunction CLOSE = NativeFunction.of("close", 1);
    static final NativeFunction DUP2 = NativeFunction.of("dup2", 2);
    static final NativeFunction READ = NativeFunction.of("read", 3);
    static final NativeFunction WRITE = NativeFunction.of("write", 3);
    static final NativeFunction FCNTL = NativeFunction.variadic("fcntl", 3, 2);
    static final NativeFunction IOCTL = NativeFunction.variadic("ioctl", 3, 2);

    private LibcDescriptors() {}
}
