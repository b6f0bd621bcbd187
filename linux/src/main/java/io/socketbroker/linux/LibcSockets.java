package io.socketbroker.linux;

/** Calls on sockets, bound when the first of them is used. Each returns a result or the negated errno. */
final class LibcSockets {

    static final NativeFunction SOCKET = NativeFunction.of("socket", 3);
    static final NativeFunction SOCKETPAIR = NativeFunction.of("socketpair", 4);
    static final NativeFunction BIND = NativeFunction.of("bind", 3);
    static final NativeFunction LISTEN = NativeFunction.of("listen", 2);
    static final NativeFunction CONNECT = NativeFunction.of("connect", 3);
    static final NativeFunction ACCEPT4 = NativeFunction.of("accept4", 4);
    static final NativeFunction SHUTDOWN = NativeFunction.of("shutdown", 2);
    static final NativeFunction GETSOCKNAME = NativeFunction.of("getsockname", 3);
    static final NativeFunction GETPEERNAME = NativeFunction.of("getpeername", 3);
    static final NativeFunction RECV = NativeFunction.of("recv", 4);
    static final NativeFunction RECVFROM = NativeFunction.of("recvfrom", 6);
    static final NativeFunction SEND = NativeFunction.of("send", 4);
    static final NativeFunction POLL = NativeFunction.of("poll", 3);

    private LibcSockets() {}
}
