package io.socketbroker.linux;

/**
 * Numbers of the Linux and glibc binary interface that no public class carries: options, flags, system call numbers,
 * sizes and offsets.
 *
 * <p>Supported are x86_64 and aarch64, both LP64 and little-endian, both on the kernel's asm-generic numbers for
 * everything used here. How the numbers were checked:
 *
 * <ul>
 *   <li>Every constant of this class, and every public constant of the package that has a Linux name, is compared with
 *       the C headers by {@code src/test/c/abi_check.c}: a test generates a list of all of them from the Java classes
 *       and lets gcc (x86_64) and aarch64-linux-gnu-gcc (aarch64) verify each by {@code _Static_assert}. A constant
 *       added here is checked without further work; one that C cannot see is named in that test with its reason.
 *   <li>Names that end in _SIZE or _OFFSET are {@code sizeof} and {@code offsetof} expressions, spelt out in
 *       abi_check.c.
 *   <li>The one layout that differs is {@code struct epoll_event}: see {@link EpollEventLayout}.
 * </ul>
 *
 * <p>Needed are Linux 5.4 (waitid with P_PIDFD) and glibc 2.34 (posix_spawn_file_actions_addclosefrom_np).
 *
 * <p>Calls pass every argument as a 64-bit word. Both psABIs hand the first six integer arguments over in 64-bit
 * registers and leave the upper half of an int unspecified, so a callee that declares int reads the low half (System V
 * AMD64 psABI 3.2.3, AAPCS64 6.8.2). This keeps the number of distinct method handle shapes, which cost milliseconds
 * each at start, at one per arity.
 */
final class Abi {

    // <sys/socket.h>: levels, options, flags of messages
    static final int SOL_SOCKET = 1;
    static final int IPPROTO_IPV6 = 41;
    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_ERROR = 4;
    static final int SO_KEEPALIVE = 9;
    static final int SO_LINGER = 13;
    static final int SO_PEERCRED = 17;
    static final int SO_SNDBUF = 7;
    static final int SO_REUSEPORT = 15;
    static final int SO_RCVLOWAT = 18;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_PROTOCOL = 38;
    static final int SO_DOMAIN = 39;
    static final int SO_COOKIE = 57;
    static final int SO_PEERGROUPS = 59;
    static final int TCP_NODELAY = 1;
    static final int TCP_INFO = 11;
    static final int IPV6_V6ONLY = 26;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_PEEK = 0x2;
    static final int MSG_CTRUNC = 0x8;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int SCM_RIGHTS = 1;
    static final int SCM_PIDFD = 4;

    // <linux/netlink.h>, <linux/rtnetlink.h>
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int NETLINK_ROUTE = 0;
    static final int RTMGRP_LINK = 0x1;
    static final int RTMGRP_IPV4_IFADDR = 0x10;
    static final int RTMGRP_IPV4_ROUTE = 0x40;
    static final int RTMGRP_IPV6_IFADDR = 0x100;
    static final int RTMGRP_IPV6_ROUTE = 0x400;
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;

    // <fcntl.h>, <poll.h>, <sys/ioctl.h>, <sys/eventfd.h>, <sys/epoll.h>, <time.h>,
    // <sys/timerfd.h>, <unistd.h>
    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int FD_CLOEXEC = 1;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int POLLOUT = 4;
    static final int FIONREAD = 0x541B;
    static final int SIOCOUTQ = 0x5411;
    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;
    static final int SFD_CLOEXEC = 0x80000;

    /** struct signalfd_siginfo; its first word is the number of the signal. */
    static final int SIGNALFD_SIGINFO_SIZE = 128;

    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int CLOCK_MONOTONIC = 1;
    static final int CLOCK_BOOTTIME = 7;
    static final int TFD_NONBLOCK = 0x800;
    static final int TFD_CLOEXEC = 0x80000;
    static final int TFD_TIMER_ABSTIME = 1;
    static final int X_OK = 1;
    static final int CLOSE_RANGE_CLOEXEC = 4;

    // <sys/wait.h>, <signal.h>, <spawn.h>, <sys/resource.h>, <sys/syscall.h>
    static final int P_PID = 1;
    static final int P_PIDFD = 3;
    static final int WNOHANG = 1;
    static final int WEXITED = 4;
    static final int CLD_EXITED = 1;
    static final int CLD_DUMPED = 3;
    static final int SIG_SETMASK = 2;
    static final int SIG_DFL = 0;
    static final int SIG_IGN = 1;
    static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    static final int POSIX_SPAWN_SETSID = 0x80;
    static final int RLIMIT_NOFILE = 7;
    static final int SYS_PIDFD_SEND_SIGNAL = 424;
    static final int SYS_PIDFD_OPEN = 434;
    static final int SYS_CLOSE_RANGE = 436;

    // Sizes and offsets in bytes
    static final int SOCKADDR_IN_SIZE = 16;
    static final int SOCKADDR_IN_PORT_OFFSET = 2;
    static final int SOCKADDR_IN_ADDR_OFFSET = 4;
    static final int SOCKADDR_IN6_SIZE = 28;
    static final int SOCKADDR_IN6_PORT_OFFSET = 2;
    static final int SOCKADDR_IN6_ADDR_OFFSET = 8;
    static final int SOCKADDR_IN6_SCOPE_ID_OFFSET = 24;
    static final int SOCKADDR_UN_SIZE = 110;
    static final int SOCKADDR_UN_PATH_OFFSET = 2;
    static final int SOCKADDR_STORAGE_SIZE = 128;
    static final int SOCKADDR_NL_SIZE = 12;
    static final int SOCKADDR_NL_GROUPS_OFFSET = 8;
    static final int NLMSGHDR_SIZE = 16;
    static final int NLMSGHDR_TYPE_OFFSET = 4;
    static final int IOVEC_SIZE = 16;
    static final int IOVEC_LEN_OFFSET = 8;
    static final int MSGHDR_SIZE = 56;
    static final int MSGHDR_IOV_OFFSET = 16;
    static final int MSGHDR_IOVLEN_OFFSET = 24;
    static final int MSGHDR_CONTROL_OFFSET = 32;
    static final int MSGHDR_CONTROLLEN_OFFSET = 40;
    static final int MSGHDR_FLAGS_OFFSET = 48;
    static final int CMSGHDR_SIZE = 16;
    static final int CMSGHDR_LEVEL_OFFSET = 8;
    static final int CMSGHDR_TYPE_OFFSET = 12;
    static final int UCRED_SIZE = 12;
    static final int UCRED_UID_OFFSET = 4;
    static final int UCRED_GID_OFFSET = 8;
    static final int LINGER_SIZE = 8;
    static final int TIMEVAL_SIZE = 16;
    static final int TIMEVAL_USEC_OFFSET = 8;
    static final int TIMESPEC_NSEC_OFFSET = 8;
    static final int ITIMERSPEC_VALUE_OFFSET = 16;
    static final int POLLFD_SIZE = 8;
    static final int POLLFD_EVENTS_OFFSET = 4;
    static final int RLIMIT_SIZE = 16;
    static final int RLIMIT_MAX_OFFSET = 8;
    static final int SIGSET_SIZE = 128;
    static final int SIGACTION_SIZE = 152;
    static final int SIGACTION_HANDLER_OFFSET = 0;
    static final int SIGINFO_SIZE = 128;
    static final int SIGINFO_CODE_OFFSET = 8;
    static final int SIGINFO_PID_OFFSET = 16;
    static final int SIGINFO_STATUS_OFFSET = 24;
    static final int SPAWN_ATTR_SIZE = 336;
    static final int SPAWN_FILE_ACTIONS_SIZE = 80;

    private Abi() {}
}
