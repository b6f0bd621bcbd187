package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteSocketTest {

    /** Changes of every kind, and a look that is none, in a network of their own. */
    static final class ChangesMain {

        private static final List<String> CHANGES = List.of(
                "link set lo up",
                "link set lo mtu 9000",
                "addr add 192.0.2.7/24 dev lo",
                "route add default dev lo",
                "route del default dev lo",
                "addr del 192.0.2.7/24 dev lo",
                "-6 addr add 2001:db8::7/64 dev lo nodad",
                "-6 route add default dev lo",
                "-6 route del default dev lo",
                "-6 addr del 2001:db8::7/64 dev lo",
                "link set lo down");

        private ChangesMain() {}

        public static void main(String[] arguments) throws Exception {
            try (var socket = RouteSocket.open();
                    var epoll = new Epoll(1)) {
                epoll.add(socket.fd(), Epoll.EPOLLIN, 0);
                System.out.println("at first: " + changed(socket, epoll, 0));
                for (String change : CHANGES) {
                    PrivateNetwork.ip(change);
                    System.out.println(change + ": " + changed(socket, epoll, 5_000));
                }
                PrivateNetwork.ip("addr show");
                System.out.println("a look: " + changed(socket, epoll, 200));
            }
        }

        /** Until nothing has come for a while, since one command has several effects. */
        private static boolean changed(RouteSocket socket, Epoll epoll, int timeoutMillis) {
            boolean changed = false;
            for (int ready = epoll.await(timeoutMillis); ready > 0; ready = epoll.await(200)) {
                changed |= socket.drain();
            }
            return changed;
        }
    }

    /** More changes than the socket has room for. */
    static final class OverflowMain {

        private static final int SO_RCVBUF = 8;

        private OverflowMain() {}

        public static void main(String[] arguments) throws Exception {
            try (var socket = RouteSocket.open();
                    var epoll = new Epoll(1)) {
                epoll.add(socket.fd(), Epoll.EPOLLIN, 0);
                setSmallestBuffer(socket.fd());
                for (int i = 0; i < 20; i++) {
                    PrivateNetwork.ip("link set lo mtu " + (9_000 + i));
                }
                // The error comes first: what there was room for is still behind it.
                var memory = ThreadMemory.current().option();
                int error = LibcSockets.RECV.call(socket.fd().number(), memory.address(), 0, Abi.MSG_DONTWAIT);
                System.out.println("lost: " + (error == -Errno.ENOBUFS));
                drainAll(socket, epoll);
                for (int i = 0; i < 20; i++) {
                    PrivateNetwork.ip("link set lo mtu " + (8_000 + i));
                }
                System.out.println("after the loss: " + socket.drain());
                drainAll(socket, epoll);
                PrivateNetwork.ip("link set lo mtu 7000");
                System.out.println("one more: " + (epoll.await(5_000) == 1 && socket.drain()));
            }
        }

        private static void setSmallestBuffer(Fd socket) {
            var memory = ThreadMemory.current().option();
            memory.setInt(0, 0); // the kernel raises it to its minimum
            LinuxException.check(
                    "setsockopt",
                    LibcOptions.SETSOCKOPT.call(
                            socket.number(), Abi.SOL_SOCKET, SO_RCVBUF, memory.address(), Integer.BYTES));
        }

        private static void drainAll(RouteSocket socket, Epoll epoll) {
            while (epoll.await(200) > 0) {
                socket.drain();
            }
        }
    }

    @Test
    void shouldHearOfEveryKindOfChange() throws Exception {
        PrivateNetwork.assumePossible();
        var expected = ChangesMain.CHANGES.stream().map(change -> change + ": true");
        assertThat(PrivateNetwork.run(ChangesMain.class))
                .startsWith("at first: false")
                .containsAll(expected.toList())
                .endsWith("a look: false")
                .hasSize(ChangesMain.CHANGES.size() + 2);
    }

    @Test
    void shouldCountWhatWasLostAsAChange() throws Exception {
        PrivateNetwork.assumePossible();
        assertThat(PrivateNetwork.run(OverflowMain.class))
                .containsExactly("lost: true", "after the loss: true", "one more: true");
    }

    @Test
    void shouldBeNonBlockingAndCloseOnExec() {
        try (var socket = RouteSocket.open()) {
            assertThat(DescriptorFlags.isNonBlocking(socket.fd())).isTrue();
            assertThat(DescriptorFlags.isCloseOnExec(socket.fd())).isTrue();
        }
    }

    @Test
    void shouldGoOnWithASocketThatWasPassedOn() {
        try (var made = RouteSocket.open()) {
            var passedOn = OwnedFd.duplicate(made.fd(), 0);
            DescriptorFlags.setNonBlocking(passedOn.fd(), false);
            try (var adopted = RouteSocket.adopt(passedOn)) {
                assertThat(DescriptorFlags.isNonBlocking(adopted.fd())).isTrue();
                assertThat(SocketOptions.cookie(adopted.fd())).isEqualTo(SocketOptions.cookie(made.fd()));
            }
        }
    }

    @Test
    void shouldRefuseOtherDescriptorsAndCloseThem() {
        var unix = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
        assertThatThrownBy(() -> RouteSocket.adopt(unix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no NETLINK_ROUTE socket");
        assertThat(unix.isOpen()).isFalse();
        var otherProtocol = Sockets.open(Abi.AF_NETLINK, Abi.SOCK_RAW, 15); // NETLINK_KOBJECT_UEVENT
        assertThatThrownBy(() -> RouteSocket.adopt(otherProtocol)).isInstanceOf(IllegalArgumentException.class);
        var deaf = Sockets.open(Abi.AF_NETLINK, Abi.SOCK_RAW, Abi.NETLINK_ROUTE);
        assertThatThrownBy(() -> RouteSocket.adopt(deaf))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("groups 0x0");
        try (var file = new EventFd()) {
            var duplicate = OwnedFd.duplicate(file.fd(), 0);
            assertFails(Errno.ENOTSOCK, () -> RouteSocket.adopt(duplicate));
            assertThat(duplicate.isOpen()).isFalse();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        var socket = RouteSocket.open();
        socket.close();
        socket.close();
        assertThatThrownBy(socket::drain).isInstanceOf(IllegalStateException.class);
    }
}
