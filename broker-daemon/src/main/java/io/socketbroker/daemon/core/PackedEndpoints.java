package io.socketbroker.daemon.core;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Both addresses of a socket in one small array, because there are as many as sockets: most are 7 bytes each. Written from it
 * straight into messages, because that is done with each wake. Stateless.
 */
final class PackedEndpoints {
    /** What a message that shows both may take, besides {@link #MOST_TIMES_LARGER} times the array. */
    static final int MOST_SHOWN_BYTES = 100;

    /** An address that is not IPv4 is shown as text and in numbers. */
    static final int MOST_TIMES_LARGER = 2;

    private static final byte NONE = 0;
    private static final byte IPV4 = 1;
    private static final byte IPV6 = 2;
    private static final byte UNIX_PATH = 3;
    private static final byte UNIX_ABSTRACT = 4;
    private static final byte UNIX_UNNAMED = 5;
    private static final byte OTHER = 6;
    private static final int IPV4_BYTES = 1 + 4 + 2;

    /** Of an address with a name, before the name. */
    private static final int NAMED_BYTES = 1 + Short.BYTES;

    /** Fields of both messages that tell an address in numbers: literal and port there, address and port here. */
    private static final int STORED_LITERAL = StoredEndpoint.Inet.LITERAL_FIELD_NUMBER;

    private static final int STORED_PORT = StoredEndpoint.Inet.PORT_FIELD_NUMBER;
    private static final int SHOWN_TEXT = io.socketbroker.v1.Endpoint.TEXT_FIELD_NUMBER;
    private static final int SHOWN_ADDRESS = io.socketbroker.v1.Endpoint.ADDRESS_FIELD_NUMBER;
    private static final int SHOWN_PORT = io.socketbroker.v1.Endpoint.PORT_FIELD_NUMBER;

    private PackedEndpoints() {}

    static byte[] of(Optional<Endpoint> local, Optional<Endpoint> peer) {
        byte[] first = packed(local);
        byte[] second = packed(peer);
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] packed(Optional<Endpoint> endpoint) {
        return switch (endpoint.orElse(null)) {
            case null -> new byte[] {NONE};
            case Endpoint.Inet(InetAddress address, int port) -> packed(address, port);
            case Endpoint.UnixPath(String path) ->
                named(UNIX_PATH, path, StandardCharsets.UTF_8, 0).array();
            case Endpoint.UnixAbstract(String name) ->
                named(UNIX_ABSTRACT, name, StandardCharsets.ISO_8859_1, 0).array();
            case Endpoint.UnixUnnamed _ -> new byte[] {UNIX_UNNAMED};
            case Endpoint.Other(int family) ->
                ByteBuffer.allocate(1 + Integer.BYTES).put(OTHER).putInt(family).array();
        };
    }

    private static byte[] packed(InetAddress address, int port) {
        byte[] bytes = address.getAddress();
        ByteBuffer packed = bytes.length == 4
                ? ByteBuffer.allocate(IPV4_BYTES).put(IPV4).put(bytes)
                // With its scope.
                : named(IPV6, address.getHostAddress(), StandardCharsets.US_ASCII, Short.BYTES);
        return packed.putShort((short) port).array();
    }

    private static ByteBuffer named(byte kind, String name, Charset charset, int more) {
        byte[] bytes = name.getBytes(charset);
        return ByteBuffer.allocate(NAMED_BYTES + bytes.length + more)
                .put(kind)
                .putShort((short) bytes.length)
                .put(bytes);
    }

    static Optional<Endpoint> local(byte[] packed) {
        return endpoint(packed, 0);
    }

    static Optional<Endpoint> peer(byte[] packed) {
        return endpoint(packed, peerAt(packed));
    }

    /** Behind the first address. */
    private static int peerAt(byte[] packed) {
        return switch (packed[0]) {
            case IPV4 -> IPV4_BYTES;
            case IPV6 -> NAMED_BYTES + nameLength(packed) + Short.BYTES;
            case UNIX_PATH, UNIX_ABSTRACT -> NAMED_BYTES + nameLength(packed);
            case OTHER -> 1 + Integer.BYTES;
            default -> 1;
        };
    }

    private static int nameLength(byte[] packed) {
        return Short.toUnsignedInt(ByteBuffer.wrap(packed).getShort(1));
    }

    private static Optional<Endpoint> next(ByteBuffer packed) {
        byte kind = packed.get();
        return switch (kind) {
            case NONE -> Optional.empty();
            case IPV4 -> {
                byte[] address = new byte[4];
                packed.get(address);
                yield Optional.of(new Endpoint.Inet(ipv4(address), Short.toUnsignedInt(packed.getShort())));
            }
            case IPV6 -> {
                InetAddress address = InetAddress.ofLiteral(name(packed, StandardCharsets.US_ASCII));
                yield Optional.of(new Endpoint.Inet(address, Short.toUnsignedInt(packed.getShort())));
            }
            case UNIX_PATH -> Optional.of(new Endpoint.UnixPath(name(packed, StandardCharsets.UTF_8)));
            case UNIX_ABSTRACT -> Optional.of(new Endpoint.UnixAbstract(name(packed, StandardCharsets.ISO_8859_1)));
            case UNIX_UNNAMED -> Optional.of(new Endpoint.UnixUnnamed());
            case OTHER -> Optional.of(new Endpoint.Other(packed.getInt()));
            default -> throw new IllegalStateException("an address of kind " + kind + " was never packed");
        };
    }

    private static InetAddress ipv4(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static String name(ByteBuffer packed, Charset charset) {
        byte[] bytes = new byte[Short.toUnsignedInt(packed.getShort())];
        packed.get(bytes);
        return new String(bytes, charset);
    }

    /** As {@link io.socketbroker.v1.Endpoint}s; an absent one is left out. */
    static void show(BackwardWriter message, int localField, int peerField, byte[] packed) {
        int peerAt = peerAt(packed);
        show(message, peerField, packed, peerAt);
        show(message, localField, packed, 0);
    }

    private static void show(BackwardWriter message, int field, byte[] packed, int at) {
        if (packed[at] != IPV4) {
            endpoint(packed, at).map(Views::endpoint).ifPresent(view -> message.message(field, view));
            return;
        }
        int end = message.size();
        int port = port(packed, at);
        message.varint(SHOWN_PORT, port);
        int endOfAddress = message.size();
        digits(message, packed, at);
        message.enclose(SHOWN_ADDRESS, endOfAddress);
        int endOfText = message.size();
        message.decimal(port);
        message.text(":");
        digits(message, packed, at);
        message.enclose(SHOWN_TEXT, endOfText);
        message.enclose(field, end);
    }

    /** As {@link StoredEndpoint}s; an absent one is left out. */
    static void store(BackwardWriter message, int localField, int peerField, byte[] packed) {
        int peerAt = peerAt(packed);
        store(message, peerField, packed, peerAt);
        store(message, localField, packed, 0);
    }

    private static void store(BackwardWriter message, int field, byte[] packed, int at) {
        if (packed[at] != IPV4) {
            endpoint(packed, at).map(StoredCandidate::stored).ifPresent(stored -> message.message(field, stored));
            return;
        }
        int end = message.size();
        message.varint(STORED_PORT, port(packed, at));
        int endOfLiteral = message.size();
        digits(message, packed, at);
        message.enclose(STORED_LITERAL, endOfLiteral);
        message.enclose(StoredEndpoint.INET_FIELD_NUMBER, end);
        message.enclose(field, end);
    }

    private static Optional<Endpoint> endpoint(byte[] packed, int at) {
        return next(ByteBuffer.wrap(packed, at, packed.length - at));
    }

    private static int port(byte[] packed, int at) {
        return (packed[at + 5] & 0xFF) << Byte.SIZE | (packed[at + 6] & 0xFF);
    }

    private static void digits(BackwardWriter message, byte[] packed, int at) {
        for (int i = 4; i > 0; i--) {
            message.decimal(packed[at + i] & 0xFF);
            if (i > 1) {
                message.text(".");
            }
        }
    }
}
