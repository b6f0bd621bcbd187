package io.socketbroker.linux;

/** States of a TCP connection with the numbers of the kernel (include/net/tcp_states.h). Immutable. */
public enum TcpState {
    /** A number that this version does not know. */
    UNKNOWN(0),
    ESTABLISHED(1),
    SYN_SENT(2),
    SYN_RECV(3),
    FIN_WAIT1(4),
    FIN_WAIT2(5),
    TIME_WAIT(6),
    CLOSE(7),
    CLOSE_WAIT(8),
    LAST_ACK(9),
    LISTEN(10),
    CLOSING(11),
    NEW_SYN_RECV(12);

    private static final TcpState[] STATES = values();

    private final int code;

    TcpState(int code) {
        this.code = code;
    }

    /** The kernel's number. */
    public int code() {
        return code;
    }

    /** The state of a number from {@link SocketOptions#tcpState}; {@link #UNKNOWN} for a new one. */
    public static TcpState fromCode(int code) {
        return code > 0 && code < STATES.length ? STATES[code] : UNKNOWN;
    }
}
