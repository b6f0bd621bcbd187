package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A range of IP addresses, in the notation of RFC 4632 and RFC 4291.
 *
 * @param network the address with all bits behind the prefix zero
 * @param bits length of the prefix
 */
record SourcePrefix(ByteString network, int bits) {
    private static final int IPV6_SUBNET_BITS = 64;
    private static final int IPV4_SUBNET_BITS = 24;
    private static final int IPV4_BYTES = 4;

    /** "10.0.0.0/8", "2001:db8::/32", or one address; empty if it is none of them. */
    static Optional<SourcePrefix> parse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int most = address.getAddress().length * 8;
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > most ? Optional.empty() : Optional.of(of(address, bits));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** What counts as one client: an IPv4 address, or an IPv6 /64, which a client has to itself. */
    static SourcePrefix client(InetAddress address) {
        int bytes = address.getAddress().length;
        return of(address, bytes == IPV4_BYTES ? bytes * 8 : IPV6_SUBNET_BITS);
    }

    /** The neighbourhood of an address: an IPv4 /24 or an IPv6 /64. */
    static SourcePrefix subnet(InetAddress address) {
        return of(address, address.getAddress().length == IPV4_BYTES ? IPV4_SUBNET_BITS : IPV6_SUBNET_BITS);
    }

    /** The address of a peer, if it has one. */
    static Optional<InetAddress> addressOf(Optional<Endpoint> peer) {
        return peer.map(endpoint -> endpoint instanceof Endpoint.Inet inet ? inet.address() : null);
    }

    private static SourcePrefix of(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - i * 8L, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - kept));
        }
        return new SourcePrefix(ByteString.copyFrom(bytes), bits);
    }

    boolean contains(InetAddress address) {
        return address.getAddress().length == network.size()
                && of(address, bits).network.equals(network);
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network.toByteArray()).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            // Only for a wrong number of bytes.
            throw new IllegalStateException(e);
        }
    }
}
