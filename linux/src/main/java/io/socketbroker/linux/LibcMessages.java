package io.socketbroker.linux;

/** sendmsg(2) and recvmsg(2), bound when the first descriptor is passed. Each returns a result or the negated errno. */
final class LibcMessages {

    static final NativeFunction SENDMSG = NativeFunction.of("sendmsg", 3);
    static final NativeFunction RECVMSG = NativeFunction.of("recvmsg", 3);

    private LibcMessages() {}
}
