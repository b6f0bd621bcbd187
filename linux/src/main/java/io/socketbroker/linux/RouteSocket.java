package io.socketbroker.linux;

/**
 * Hears of changes of network interfaces, addresses and routes (rtnetlink(7)), of IPv4 and IPv6, in the network namespace
 * in which it was made. It tells that something has changed, not what: whoever wants to know looks.
 *
 * <p>Belongs to one thread; any thread may close it when that one is done. Nothing is allocated per call.
 */
public final class RouteSocket implements AutoCloseable {

    private static final int GROUPS = Abi.RTMGRP_LINK
            | Abi.RTMGRP_IPV4_IFADDR
            | Abi.RTMGRP_IPV4_ROUTE
            | Abi.RTMGRP_IPV6_IFADDR
            | Abi.RTMGRP_IPV6_ROUTE;

    /** So that a storm of notifications cannot hold its thread; the socket stays readable for the rest. */
    private static final int MOST_AT_ONCE = 1024;

    private final OwnedFd socket;

    private RouteSocket(OwnedFd socket) {
        this.socket = socket;
    }

    /**
     * A new socket, with O_NONBLOCK and FD_CLOEXEC.
     *
     * @throws LinuxException EAFNOSUPPORT or EACCES in a service that must not have one
     */
    public static RouteSocket open() {
        var socket = Sockets.open(Abi.AF_NETLINK, Abi.SOCK_RAW | Abi.SOCK_NONBLOCK, Abi.NETLINK_ROUTE);
        try {
            bind(socket.fd());
            return new RouteSocket(socket);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void bind(Fd socket) {
        var address = ThreadMemory.current().address();
        address.clear(); // with port id 0: the kernel chooses one
        address.setShort(0, Abi.AF_NETLINK);
        address.setInt(Abi.SOCKADDR_NL_GROUPS_OFFSET, GROUPS);
        int result = LibcSockets.BIND.call(socket.number(), address.address(), Abi.SOCKADDR_NL_SIZE);
        LinuxException.check("bind", socket, result);
    }

    /**
     * A socket that another process made with {@link #open} and passed on, because this one may not make one. It hears
     * of the network of its maker. Becomes the owner, also if it throws, and then closes it.
     *
     * @throws IllegalArgumentException if it is no NETLINK_ROUTE socket that hears of interfaces, addresses and routes
     * @throws LinuxException ENOTSOCK
     */
    public static RouteSocket adopt(OwnedFd socket) {
        try {
            requireRouteSocket(socket.fd());
            DescriptorFlags.setNonBlocking(socket.fd(), true);
            return new RouteSocket(socket);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void requireRouteSocket(Fd socket) {
        if (SocketOptions.domain(socket) != Abi.AF_NETLINK || SocketOptions.protocol(socket) != Abi.NETLINK_ROUTE) {
            throw new IllegalArgumentException("descriptor " + socket.number() + " is no NETLINK_ROUTE socket");
        }
        var memory = ThreadMemory.current();
        memory.optionLength().setInt(0, Abi.SOCKADDR_NL_SIZE);
        int result = LibcSockets.GETSOCKNAME.call(
                socket.number(),
                memory.address().address(),
                memory.optionLength().address());
        LinuxException.check("getsockname", socket, result);
        int groups = memory.address().getInt(Abi.SOCKADDR_NL_GROUPS_OFFSET);
        if ((groups & GROUPS) != GROUPS) {
            throw new IllegalArgumentException("descriptor " + socket.number() + " hears of the rtnetlink groups 0x"
                    + Integer.toHexString(groups) + ", not of all of 0x" + Integer.toHexString(GROUPS));
        }
    }

    /**
     * Takes what has come, up to a bound; if more waits, the socket stays readable. Never blocks.
     *
     * @return whether any of it tells of a change, or may have: notifications that found no room in the socket are lost,
     *     which the kernel reports as ENOBUFS
     * @throws LinuxException EBADF and the like
     */
    public boolean drain() {
        var header = ThreadMemory.current().option();
        boolean changed = false;
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            // A notification is one message in a datagram of its own, whose rest is cut off.
            int count = LibcSockets.RECV.call(socket.number(), header.address(), Abi.NLMSGHDR_SIZE, Abi.MSG_DONTWAIT);
            if (count == -Errno.EAGAIN) {
                return changed;
            }
            if (count == -Errno.ENOBUFS) {
                changed = true;
            } else if (count != -Errno.EINTR) {
                LinuxException.check("recv", socket.fd(), count);
                changed |= count == Abi.NLMSGHDR_SIZE && isChange(header.getShort(Abi.NLMSGHDR_TYPE_OFFSET));
            }
        }
        return changed;
    }

    private static boolean isChange(int type) {
        return switch (type) {
            case Abi.RTM_NEWLINK,
                    Abi.RTM_DELLINK,
                    Abi.RTM_NEWADDR,
                    Abi.RTM_DELADDR,
                    Abi.RTM_NEWROUTE,
                    Abi.RTM_DELROUTE -> true;
            default -> false;
        };
    }

    /** The descriptor on loan, to be watched for EPOLLIN. */
    public Fd fd() {
        return socket.fd();
    }

    @Override
    public void close() {
        socket.close();
    }
}
