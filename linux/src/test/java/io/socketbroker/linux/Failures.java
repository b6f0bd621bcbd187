package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;

/** What several tests say about failures and addresses. */
final class Failures {

    /** Far above any descriptor that a test opens, below the limit that fcntl checks first. */
    static final Fd NOT_OPEN = new Fd(987);

    static final InetSocketAddress LOOPBACK_4 = new InetSocketAddress(loopback(new byte[] {127, 0, 0, 1}), 0);
    static final InetSocketAddress LOOPBACK_6 =
            new InetSocketAddress(loopback(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), 0);

    private Failures() {}

    static AbstractObjectAssert<?, LinuxException> assertFails(int errno, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOf(LinuxException.class)
                .asInstanceOf(type(LinuxException.class))
                .satisfies(e -> {
                    if (!e.is(errno)) {
                        throw new AssertionError("expected " + Errno.name(errno) + " but: " + e.getMessage(), e);
                    }
                });
    }

    /** Closes before the end of a try block, which javac takes for a mistake when it is written out. */
    static void closeNow(OwnedFd owned) {
        owned.close();
    }

    /** Skips the test on a host without IPv6. */
    static void assumeIpv6() {
        try (var socket = Sockets.open(Sockets.AF_INET6, Sockets.SOCK_STREAM, 0)) {
            Sockets.bind(socket.fd(), Endpoint.of(LOOPBACK_6));
        } catch (LinuxException e) {
            Assumptions.abort("IPv6 is not available here: " + e.getMessage());
        }
    }

    static InetSocketAddress local(OwnedFd socket) {
        return Sockets.localEndpoint(socket.fd())
                .filter(Endpoint.Inet.class::isInstance)
                .map(Endpoint.Inet.class::cast)
                .orElseThrow()
                .toSocketAddress();
    }

    private static InetAddress loopback(byte[] bytes) {
        try {
            return bytes.length == 4 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
