package io.socketbroker.linux;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The address of one end of a socket (ip(7), ipv6(7), unix(7)). Immutable.
 *
 * <p>{@link Object#toString} gives "127.0.0.1:80", "[::1]:80", "unix:/path", "unix:@name", "unix:" and "family:16".
 */
public sealed interface Endpoint {

    /**
     * An IPv4 or IPv6 address. A link-local IPv6 address keeps its scope.
     *
     * <p>Java turns an IPv4-mapped IPv6 address (::ffff:192.0.2.1) into the IPv4 one, so a connection of an IPv4 client
     * to a dual-stack listener shows IPv4 addresses although its socket is AF_INET6.
     *
     * @param port 0 to 65535
     */
    record Inet(InetAddress address, int port) implements Endpoint {
        public Inet {
            if (port < 0 || port > 0xFFFF) {
                throw new IllegalArgumentException("a port is 0 to 65535: " + port);
            }
        }

        /** The same for java.net. */
        public InetSocketAddress toSocketAddress() {
            return new InetSocketAddress(address, port);
        }

        @Override
        public String toString() {
            return AddressText.of(address) + ":" + port;
        }
    }

    /**
     * A unix socket bound to a path.
     *
     * @param path as bound, absolute or not, at most 107 bytes of UTF-8
     */
    record UnixPath(String path) implements Endpoint {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /**
     * A unix socket in the abstract namespace.
     *
     * @param name the bytes of the name behind the leading zero byte, each as one ISO-8859-1 character; at most 107
     */
    record UnixAbstract(String name) implements Endpoint {
        @Override
        public String toString() {
            return "unix:@" + name;
        }
    }

    /** A unix socket that is not bound, such as most clients. */
    record UnixUnnamed() implements Endpoint {
        @Override
        public String toString() {
            return "unix:";
        }
    }

    /**
     * An address of a family that this module does not decode.
     *
     * @param family the kernel's AF_ number
     */
    record Other(int family) implements Endpoint {
        @Override
        public String toString() {
            return "family:" + family;
        }
    }

    /**
     * The endpoint of a java.net address.
     *
     * @throws IllegalArgumentException if the address is unresolved
     */
    static Inet of(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("unresolved address: " + address);
        }
        return new Inet(address.getAddress(), address.getPort());
    }
}
