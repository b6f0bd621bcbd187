package io.socketbroker.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** Translates between {@link Endpoint} and {@code struct sockaddr} in native memory. Stateless. */
final class SocketAddressCodec {

    /** sun_path less its terminating zero byte (unix(7)). */
    static final int MAXIMUM_PATH_BYTES = 107;

    private SocketAddressCodec() {}

    /**
     * Writes a socket address.
     *
     * @param call named in the exception
     * @return its length in bytes
     * @throws LinuxException ENAMETOOLONG for a unix path or name above 107 bytes
     */
    static int encode(String call, Endpoint endpoint, NativeBlock into) {
        into.clear();
        return switch (endpoint) {
            case Endpoint.Inet inet -> encodeInet(inet, into);
            case Endpoint.UnixPath(var path) -> {
                var bytes = path.getBytes(StandardCharsets.UTF_8);
                // A zero byte would cut the path short in silence, or select the abstract namespace.
                if (bytes.length == 0 || path.indexOf('\0') >= 0) {
                    throw LinuxException.of(call, "unix path '" + path.replace('\0', '?') + "'", Errno.EINVAL);
                }
                yield encodeUnix(call, endpoint, bytes, 0, bytes.length + 1, into);
            }
            case Endpoint.UnixAbstract(var name) -> {
                var bytes = name.getBytes(StandardCharsets.ISO_8859_1);
                yield encodeUnix(call, endpoint, bytes, 1, bytes.length + 1, into);
            }
            case Endpoint.UnixUnnamed _ -> {
                into.setShort(0, Sockets.AF_UNIX);
                yield Abi.SOCKADDR_UN_PATH_OFFSET;
            }
            case Endpoint.Other(var family) ->
                throw LinuxException.of(call, "address family " + family, Errno.EAFNOSUPPORT);
        };
    }

    private static int encodeInet(Endpoint.Inet inet, NativeBlock into) {
        var address = inet.address().getAddress();
        // The port is in network byte order on two little-endian machines.
        int port = Short.reverseBytes((short) inet.port());
        if (inet.address() instanceof Inet6Address v6) {
            into.setShort(0, Sockets.AF_INET6);
            into.setShort(Abi.SOCKADDR_IN6_PORT_OFFSET, port);
            into.setBytes(Abi.SOCKADDR_IN6_ADDR_OFFSET, address, 0, address.length);
            into.setInt(Abi.SOCKADDR_IN6_SCOPE_ID_OFFSET, v6.getScopeId());
            return Abi.SOCKADDR_IN6_SIZE;
        }
        into.setShort(0, Sockets.AF_INET);
        into.setShort(Abi.SOCKADDR_IN_PORT_OFFSET, port);
        into.setBytes(Abi.SOCKADDR_IN_ADDR_OFFSET, address, 0, address.length);
        return Abi.SOCKADDR_IN_SIZE;
    }

    private static int encodeUnix(
            String call, Endpoint endpoint, byte[] bytes, int skip, int length, NativeBlock into) {
        if (bytes.length > MAXIMUM_PATH_BYTES) {
            var subject = endpoint + " (" + bytes.length + " bytes, at most " + MAXIMUM_PATH_BYTES + ")";
            throw LinuxException.of(call, subject, Errno.ENAMETOOLONG);
        }
        into.setShort(0, Sockets.AF_UNIX);
        into.setBytes(Abi.SOCKADDR_UN_PATH_OFFSET + skip, bytes, 0, bytes.length);
        return Abi.SOCKADDR_UN_PATH_OFFSET + length;
    }

    /**
     * Reads a socket address.
     *
     * @param length as the kernel returned it, which may be above the size of the memory
     */
    static Endpoint decode(NativeBlock from, int length) {
        if (length < Abi.SOCKADDR_UN_PATH_OFFSET) {
            return new Endpoint.Other(0);
        }
        int family = from.getShort(0) & 0xFFFF;
        return switch (family) {
            case Sockets.AF_INET -> {
                var port = from.getShort(Abi.SOCKADDR_IN_PORT_OFFSET);
                yield inet(bytes(from, Abi.SOCKADDR_IN_ADDR_OFFSET, 4), port, 0);
            }
            case Sockets.AF_INET6 -> {
                var port = from.getShort(Abi.SOCKADDR_IN6_PORT_OFFSET);
                int scope = from.getInt(Abi.SOCKADDR_IN6_SCOPE_ID_OFFSET);
                yield inet(bytes(from, Abi.SOCKADDR_IN6_ADDR_OFFSET, 16), port, scope);
            }
            case Sockets.AF_UNIX -> decodeUnix(from, Integer.min(length, Abi.SOCKADDR_UN_SIZE));
            default -> new Endpoint.Other(family);
        };
    }

    private static Endpoint inet(byte[] address, short networkPort, int scope) {
        int port = Short.toUnsignedInt(Short.reverseBytes(networkPort));
        try {
            var decoded =
                    scope == 0 ? InetAddress.getByAddress(address) : Inet6Address.getByAddress("", address, scope);
            return new Endpoint.Inet(decoded, port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes is always accepted", e);
        }
    }

    private static Endpoint decodeUnix(NativeBlock from, int length) {
        int pathLength = length - Abi.SOCKADDR_UN_PATH_OFFSET;
        if (pathLength == 0) {
            return new Endpoint.UnixUnnamed();
        }
        var path = bytes(from, Abi.SOCKADDR_UN_PATH_OFFSET, pathLength);
        if (path[0] == 0) {
            return new Endpoint.UnixAbstract(new String(path, 1, pathLength - 1, StandardCharsets.ISO_8859_1));
        }
        int end = 0;
        while (end < pathLength && path[end] != 0) {
            end++;
        }
        return new Endpoint.UnixPath(new String(path, 0, end, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(NativeBlock from, int offset, int length) {
        var bytes = new byte[length];
        from.getBytes(offset, bytes, length);
        return bytes;
    }

    /** The address family of an IP address. */
    static int family(InetAddress address) {
        return address instanceof Inet4Address ? Sockets.AF_INET : Sockets.AF_INET6;
    }
}
