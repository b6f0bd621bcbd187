package io.socketbroker.linux;

/** Socket option calls, apart from {@link LibcSockets} because they are the only ones of five words. */
final class LibcOptions {

    static final NativeFunction GETSOCKOPT = NativeFunction.of("getsockopt", 5);
    static final NativeFunction SETSOCKOPT = NativeFunction.of("setsockopt", 5);

    private LibcOptions() {}
}
