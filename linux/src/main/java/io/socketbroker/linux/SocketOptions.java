package io.socketbroker.linux;

import java.time.Duration;

/**
 * Socket options (socket(7), unix(7), ipv6(7), tcp(7)).
 *
 * <p>Thread-safe. All calls fail with a {@link LinuxException}: EBADF, ENOTSOCK, and ENOPROTOOPT or EOPNOTSUPP for an
 * option that this kind of socket does not have.
 */
public final class SocketOptions {

    private static final int MICROS_PER_SECOND = 1_000_000;

    private SocketOptions() {}

    /** SO_DOMAIN: {@link Sockets#AF_INET} and so on. */
    public static int domain(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_DOMAIN, "getsockopt(SO_DOMAIN)");
    }

    /** SO_TYPE: {@link Sockets#SOCK_STREAM} and so on. */
    public static int type(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_TYPE, "getsockopt(SO_TYPE)");
    }

    /** SO_PROTOCOL: {@link Sockets#IPPROTO_TCP} and so on, 0 for unix sockets. */
    public static int protocol(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_PROTOCOL, "getsockopt(SO_PROTOCOL)");
    }

    /** SO_ACCEPTCONN: whether listen(2) was called on the socket. */
    public static boolean isListening(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_ACCEPTCONN, "getsockopt(SO_ACCEPTCONN)") != 0;
    }

    /**
     * SO_COOKIE: the kernel's own number of the socket, the same for all duplicates and never used again until the next
     * boot.
     */
    public static long cookie(Fd socket) {
        var memory = ThreadMemory.current();
        get(socket, Abi.SOL_SOCKET, Abi.SO_COOKIE, memory.option(), Long.BYTES, "getsockopt(SO_COOKIE)");
        return memory.option().getLong(0);
    }

    /**
     * SO_ERROR: the pending error as a number of {@link Errno}, 0 if there is none. The kernel forgets it by being
     * asked.
     */
    public static int takeError(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_ERROR, "getsockopt(SO_ERROR)");
    }

    /**
     * SO_PEERCRED: who connected a unix socket. Asked of a listening socket or of the connecting side, it is whoever
     * called listen(2).
     */
    public static PeerCredentials peerCredentials(Fd socket) {
        var memory = ThreadMemory.current().option();
        get(socket, Abi.SOL_SOCKET, Abi.SO_PEERCRED, memory, Abi.UCRED_SIZE, "getsockopt(SO_PEERCRED)");
        return new PeerCredentials(
                memory.getInt(0), memory.getInt(Abi.UCRED_UID_OFFSET), memory.getInt(Abi.UCRED_GID_OFFSET));
    }

    /**
     * SO_PEERGROUPS: the supplementary groups of the peer at the moment of {@link #peerCredentials}.
     *
     * @throws LinuxException ENODATA if the socket has no peer
     */
    public static int[] peerGroups(Fd socket) {
        var length = ThreadMemory.current().optionLength();
        var groups = ThreadMemory.current().option();
        int result = getPeerGroups(socket, groups, length);
        while (result == -Errno.ERANGE) {
            // The kernel has put the size that it needs into the length.
            groups = NativeBlock.allocate(length.getInt(0));
            result = getPeerGroups(socket, groups, length);
        }
        LinuxException.check("getsockopt(SO_PEERGROUPS)", socket, result);
        var found = new int[length.getInt(0) / Integer.BYTES];
        for (int i = 0; i < found.length; i++) {
            found[i] = groups.getInt((long) i * Integer.BYTES);
        }
        return found;
    }

    private static int getPeerGroups(Fd socket, NativeBlock groups, NativeBlock length) {
        length.setInt(0, Math.toIntExact(groups.byteSize()));
        int result = LibcOptions.GETSOCKOPT.call(
                socket.number(), Abi.SOL_SOCKET, Abi.SO_PEERGROUPS, groups.address(), length.address());
        groups.keepReachable();
        return result;
    }

    /** SO_RCVLOWAT in bytes. */
    public static int receiveLowWater(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_RCVLOWAT, "getsockopt(SO_RCVLOWAT)");
    }

    /** SO_RCVLOWAT: how many bytes must wait before the socket counts as readable. */
    public static void setReceiveLowWater(Fd socket, int bytes) {
        setInt(socket, Abi.SOL_SOCKET, Abi.SO_RCVLOWAT, bytes, "setsockopt(SO_RCVLOWAT)");
    }

    /** SO_SNDBUF in bytes, as the kernel counts: twice what was asked for, its own overhead included (socket(7)). */
    public static int sendBufferBytes(Fd socket) {
        return getInt(socket, Abi.SOL_SOCKET, Abi.SO_SNDBUF, "getsockopt(SO_SNDBUF)");
    }

    /** SO_REUSEADDR: bind although connections of a former listener are in TIME_WAIT. */
    public static void setReuseAddress(Fd socket, boolean on) {
        setInt(socket, Abi.SOL_SOCKET, Abi.SO_REUSEADDR, on ? 1 : 0, "setsockopt(SO_REUSEADDR)");
    }

    /** SO_REUSEPORT: share the port with other sockets of this user that say so too; before bind only. */
    public static void setReusePort(Fd socket, boolean on) {
        setInt(socket, Abi.SOL_SOCKET, Abi.SO_REUSEPORT, on ? 1 : 0, "setsockopt(SO_REUSEPORT)");
    }

    /** IPV6_V6ONLY: whether an IPv6 socket refuses IPv4; before bind only. */
    public static void setV6Only(Fd socket, boolean on) {
        setInt(socket, Abi.IPPROTO_IPV6, Abi.IPV6_V6ONLY, on ? 1 : 0, "setsockopt(IPV6_V6ONLY)");
    }

    /** SO_KEEPALIVE. */
    public static void setKeepAlive(Fd socket, boolean on) {
        setInt(socket, Abi.SOL_SOCKET, Abi.SO_KEEPALIVE, on ? 1 : 0, "setsockopt(SO_KEEPALIVE)");
    }

    /** TCP_NODELAY: send small segments at once. */
    public static void setNoDelay(Fd socket, boolean on) {
        setInt(socket, Sockets.IPPROTO_TCP, Abi.TCP_NODELAY, on ? 1 : 0, "setsockopt(TCP_NODELAY)");
    }

    /** SO_LINGER: on with 0 seconds makes close(2) reset the connection. */
    public static void setLinger(Fd socket, boolean on, int seconds) {
        var memory = ThreadMemory.current().option();
        memory.setInt(0, on ? 1 : 0);
        memory.setInt(Integer.BYTES, seconds);
        set(socket, Abi.SOL_SOCKET, Abi.SO_LINGER, memory, Abi.LINGER_SIZE, "setsockopt(SO_LINGER)");
    }

    /** SO_LINGER with more than 0 seconds: close(2) of the last descriptor waits until the peer has taken the rest. */
    public static boolean isLingering(Fd socket) {
        var memory = ThreadMemory.current().option();
        get(socket, Abi.SOL_SOCKET, Abi.SO_LINGER, memory, Abi.LINGER_SIZE, "getsockopt(SO_LINGER)");
        return memory.getInt(0) != 0 && memory.getInt(Integer.BYTES) > 0;
    }

    /** SO_RCVTIMEO: how long a blocking receive or accept waits; zero waits for ever. Rounded up to microseconds. */
    public static void setReceiveTimeout(Fd socket, Duration timeout) {
        setDuration(socket, Abi.SO_RCVTIMEO, timeout, "setsockopt(SO_RCVTIMEO)");
    }

    /** SO_SNDTIMEO: how long a blocking send or connect waits; zero waits for ever. Rounded up to microseconds. */
    public static void setSendTimeout(Fd socket, Duration timeout) {
        setDuration(socket, Abi.SO_SNDTIMEO, timeout, "setsockopt(SO_SNDTIMEO)");
    }

    /** The state of a TCP socket as the kernel's number (tcpi_state of TCP_INFO); see {@link TcpState#fromCode}. */
    public static int tcpState(Fd socket) {
        var memory = ThreadMemory.current().option();
        // The kernel copies as much of struct tcp_info as there is room for, and the state is its first byte.
        get(socket, Sockets.IPPROTO_TCP, Abi.TCP_INFO, memory, 1, "getsockopt(TCP_INFO)");
        return Byte.toUnsignedInt(memory.getByte(0));
    }

    private static void setDuration(Fd socket, int option, Duration timeout, String call) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("a timeout is not negative: " + timeout);
        }
        var rounded = timeout.plusNanos(999);
        var memory = ThreadMemory.current().option();
        memory.setLong(0, rounded.getSeconds());
        memory.setLong(Abi.TIMEVAL_USEC_OFFSET, rounded.getNano() / (1_000_000_000 / MICROS_PER_SECOND));
        set(socket, Abi.SOL_SOCKET, option, memory, Abi.TIMEVAL_SIZE, call);
    }

    private static int getInt(Fd socket, int level, int option, String call) {
        var memory = ThreadMemory.current().option();
        get(socket, level, option, memory, Integer.BYTES, call);
        return memory.getInt(0);
    }

    private static void setInt(Fd socket, int level, int option, int value, String call) {
        var memory = ThreadMemory.current().option();
        memory.setInt(0, value);
        set(socket, level, option, memory, Integer.BYTES, call);
    }

    private static void get(Fd socket, int level, int option, NativeBlock into, int bytes, String call) {
        var length = ThreadMemory.current().optionLength();
        length.setInt(0, bytes);
        int result = LibcOptions.GETSOCKOPT.call(socket.number(), level, option, into.address(), length.address());
        LinuxException.check(call, socket, result);
    }

    private static void set(Fd socket, int level, int option, NativeBlock from, int bytes, String call) {
        int result = LibcOptions.SETSOCKOPT.call(socket.number(), level, option, from.address(), bytes);
        LinuxException.check(call, socket, result);
    }
}
