/*
 * Compares the constants of the Java module with the C headers, at compile time only: AbiTest runs
 *
 *     gcc -fsyntax-only -I <generated> abi_check.c
 *
 * with a generated header java_constants.h that defines JAVA_CONSTANTS(X) as a list of X(NAME, value), one for every
 * constant of the Java classes. A name that is not a macro or an enumerator of the headers is defined below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "java_constants.h"

/* System calls: the headers write the names in lower case. */
#define SYS_PIDFD_SEND_SIGNAL SYS_pidfd_send_signal
#define SYS_PIDFD_OPEN SYS_pidfd_open
#define SYS_CLOSE_RANGE SYS_close_range

/* include/linux/socket.h of the kernel; glibc 2.36 does not have it yet. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

/* include/net/tcp_states.h of the kernel, not in glibc. */
#define TCP_NEW_SYN_RECV 12

/* SIG_DFL and SIG_IGN are function pointers, which no constant expression may compare. */
#undef SIG_DFL
#define SIG_DFL 0
#undef SIG_IGN
#define SIG_IGN 1

#define SIGNALFD_SIGINFO_SIZE sizeof(struct signalfd_siginfo)
#define SOCKADDR_IN_SIZE sizeof(struct sockaddr_in)
#define SOCKADDR_IN_PORT_OFFSET offsetof(struct sockaddr_in, sin_port)
#define SOCKADDR_IN_ADDR_OFFSET offsetof(struct sockaddr_in, sin_addr)
#define SOCKADDR_IN6_SIZE sizeof(struct sockaddr_in6)
#define SOCKADDR_IN6_PORT_OFFSET offsetof(struct sockaddr_in6, sin6_port)
#define SOCKADDR_IN6_ADDR_OFFSET offsetof(struct sockaddr_in6, sin6_addr)
#define SOCKADDR_IN6_SCOPE_ID_OFFSET offsetof(struct sockaddr_in6, sin6_scope_id)
#define SOCKADDR_UN_SIZE sizeof(struct sockaddr_un)
#define SOCKADDR_UN_PATH_OFFSET offsetof(struct sockaddr_un, sun_path)
#define SOCKADDR_STORAGE_SIZE sizeof(struct sockaddr_storage)
#define SOCKADDR_NL_SIZE sizeof(struct sockaddr_nl)
#define SOCKADDR_NL_GROUPS_OFFSET offsetof(struct sockaddr_nl, nl_groups)
#define NLMSGHDR_SIZE sizeof(struct nlmsghdr)
#define NLMSGHDR_TYPE_OFFSET offsetof(struct nlmsghdr, nlmsg_type)
#define IOVEC_SIZE sizeof(struct iovec)
#define IOVEC_LEN_OFFSET offsetof(struct iovec, iov_len)
#define MSGHDR_SIZE sizeof(struct msghdr)
#define MSGHDR_IOV_OFFSET offsetof(struct msghdr, msg_iov)
#define MSGHDR_IOVLEN_OFFSET offsetof(struct msghdr, msg_iovlen)
#define MSGHDR_CONTROL_OFFSET offsetof(struct msghdr, msg_control)
#define MSGHDR_CONTROLLEN_OFFSET offsetof(struct msghdr, msg_controllen)
#define MSGHDR_FLAGS_OFFSET offsetof(struct msghdr, msg_flags)
#define CMSGHDR_SIZE sizeof(struct cmsghdr)
#define CMSGHDR_LEVEL_OFFSET offsetof(struct cmsghdr, cmsg_level)
#define CMSGHDR_TYPE_OFFSET offsetof(struct cmsghdr, cmsg_type)
#define UCRED_SIZE sizeof(struct ucred)
#define UCRED_UID_OFFSET offsetof(struct ucred, uid)
#define UCRED_GID_OFFSET offsetof(struct ucred, gid)
#define LINGER_SIZE sizeof(struct linger)
#define TIMEVAL_SIZE sizeof(struct timeval)
#define TIMEVAL_USEC_OFFSET offsetof(struct timeval, tv_usec)
#define TIMESPEC_NSEC_OFFSET offsetof(struct timespec, tv_nsec)
#define ITIMERSPEC_VALUE_OFFSET offsetof(struct itimerspec, it_value)
#define POLLFD_SIZE sizeof(struct pollfd)
#define POLLFD_EVENTS_OFFSET offsetof(struct pollfd, events)
#define RLIMIT_SIZE sizeof(struct rlimit)
#define RLIMIT_MAX_OFFSET offsetof(struct rlimit, rlim_max)
#define SIGSET_SIZE sizeof(sigset_t)
#define SIGACTION_SIZE sizeof(struct sigaction)
#define SIGACTION_HANDLER_OFFSET offsetof(struct sigaction, sa_handler)
#define SIGINFO_SIZE sizeof(siginfo_t)
#define SIGINFO_CODE_OFFSET offsetof(siginfo_t, si_code)
#define SIGINFO_PID_OFFSET offsetof(siginfo_t, si_pid)
#define SIGINFO_STATUS_OFFSET offsetof(siginfo_t, si_status)
#define SPAWN_ATTR_SIZE sizeof(posix_spawnattr_t)
#define SPAWN_FILE_ACTIONS_SIZE sizeof(posix_spawn_file_actions_t)
#define EPOLL_EVENT_SIZE sizeof(struct epoll_event)
#define EPOLL_EVENT_DATA_OFFSET offsetof(struct epoll_event, data)

/* The constants are Java ints: EPOLLET is the sign bit there. */
#define CHECK(name, value) _Static_assert((int)(name) == (value), #name " is not " #value);
JAVA_CONSTANTS(CHECK)

/* What the Java code takes for granted without a constant. */
_Static_assert(sizeof(long) == 8 && sizeof(void *) == 8 && sizeof(int) == 4, "LP64");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian");
_Static_assert(sizeof(socklen_t) == 4 && sizeof(size_t) == 8 && sizeof(sa_family_t) == 2, "types of lengths");
_Static_assert(sizeof(pid_t) == 4 && sizeof(uid_t) == 4 && sizeof(gid_t) == 4, "types of ids");
_Static_assert(sizeof(((struct iovec *)0)->iov_len) == 8, "iov_len");
_Static_assert(sizeof(((struct msghdr *)0)->msg_iovlen) == 8, "msg_iovlen");
_Static_assert(sizeof(((struct msghdr *)0)->msg_controllen) == 8, "msg_controllen");
_Static_assert(sizeof(((struct cmsghdr *)0)->cmsg_len) == 8, "cmsg_len");
_Static_assert(sizeof(((struct timeval *)0)->tv_usec) == 8, "tv_usec");
_Static_assert(sizeof(((struct timespec *)0)->tv_sec) == 8, "tv_sec");
_Static_assert(sizeof(((struct timespec *)0)->tv_nsec) == 8, "tv_nsec");
_Static_assert(offsetof(struct timespec, tv_sec) == 0, "timespec begins with the seconds");
_Static_assert(sizeof(rlim_t) == 8 && RLIM_INFINITY == (rlim_t)-1, "rlim_t");
_Static_assert(CMSG_SPACE(253 * sizeof(int)) == 16 + 1016, "CMSG_SPACE");
_Static_assert(CMSG_LEN(0) == sizeof(struct cmsghdr), "CMSG_LEN");
_Static_assert(EAGAIN == EWOULDBLOCK && EOPNOTSUPP == ENOTSUP, "errors with two names");
_Static_assert(offsetof(struct tcp_info, tcpi_state) == 0, "tcpi_state is the first byte");
_Static_assert(sizeof(((struct tcp_info *)0)->tcpi_state) == 1, "tcp_info");
_Static_assert(offsetof(struct ucred, pid) == 0 && offsetof(struct pollfd, fd) == 0, "first members");
_Static_assert(offsetof(struct epoll_event, events) == 0, "epoll_event begins with the mask");
_Static_assert(sizeof(((struct epoll_event *)0)->data) == 8, "epoll_event");
_Static_assert(sizeof(((struct sockaddr_nl *)0)->nl_groups) == 4, "nl_groups");
_Static_assert(sizeof(((struct nlmsghdr *)0)->nlmsg_type) == 2, "nlmsg_type");
_Static_assert(_NSIG - 1 == 64, "highest signal");
