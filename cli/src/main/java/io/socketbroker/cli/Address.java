package io.socketbroker.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a socket is made: tcp:ADDR:PORT, udp:ADDR:PORT or unix:PATH. */
sealed interface Address {

    /** A TCP address. */
    record Tcp(InetSocketAddress address) implements Address {}

    /** A UDP address. */
    record Udp(InetSocketAddress address) implements Address {}

    /** A unix stream socket's path, absolute. */
    record Unix(Path path) implements Address {}

    /** What the forms are, for help and errors. */
    String FORMS = "tcp:ADDR:PORT, udp:ADDR:PORT or unix:PATH";

    /** Reads an address; IPv6 addresses stand in brackets, "*" is every local address. */
    static Address parse(String text) {
        int colon = text.indexOf(':');
        var rest = text.substring(colon + 1);
        return switch (colon < 0 ? "" : text.substring(0, colon)) {
            case "tcp" -> new Tcp(inet(text, rest));
            case "udp" -> new Udp(inet(text, rest));
            case "unix" -> unix(text, rest);
            default -> throw new TypeConversionException("'" + text + "' is not an address: write " + FORMS);
        };
    }

    private static Address unix(String text, String path) {
        if (path.isEmpty()) {
            throw new TypeConversionException("'" + text + "' has no path: write unix:PATH");
        }
        return new Unix(Path.of(path).toAbsolutePath().normalize());
    }

    private static InetSocketAddress inet(String text, String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        if (colon < 1) {
            throw new TypeConversionException("'" + text + "' has no address or no port: write " + FORMS);
        }
        var host = hostAndPort.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (!bracketed && host.indexOf(':') >= 0) {
            throw new TypeConversionException("'" + text + "': put the IPv6 address in brackets, as in tcp:[::1]:80");
        }
        int port = port(text, hostAndPort.substring(colon + 1));
        if (host.equals("*")) {
            return new InetSocketAddress("::", port);
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(bracketed ? host.substring(1, host.length() - 1) : host), port);
        } catch (UnknownHostException e) {
            throw new TypeConversionException("'" + text + "': no address for the name " + host);
        }
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 0xFFFF) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new TypeConversionException("'" + text + "': a port is a number from 0 to 65535, not '" + digits + "'");
    }

    /** For picocli. */
    final class Converter implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            return parse(text);
        }
    }
}
