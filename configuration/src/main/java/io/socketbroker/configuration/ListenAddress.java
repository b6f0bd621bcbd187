package io.socketbroker.configuration;

import io.socketbroker.linux.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a listener is made. Immutable. A host's name is looked up when the socket is made, not when the file is read.
 *
 * @param kind of the socket
 * @param host as it was written, without brackets; empty for unix sockets
 * @param port 0 lets the kernel choose; 0 for unix sockets
 * @param path of a unix socket, absolute, or "@name" in the abstract namespace (unix(7)); empty for others
 */
public record ListenAddress(Kind kind, String host, int port, String path) {
    /** What kind of socket. The name before the colon is the constant's, with '-' for '_'. */
    public enum Kind {
        /** A TCP listener. */
        TCP,
        /** A UDP socket. */
        UDP,
        /** A unix stream listener. */
        UNIX,
        /** A unix seqpacket listener. */
        UNIX_SEQPACKET,
        /** A unix datagram socket. */
        UNIX_DATAGRAM;

        /** Whether its address is a path. */
        public boolean isUnix() {
            return this != TCP && this != UDP;
        }

        /** Whether it has connections. */
        public boolean listens() {
            return this != UDP && this != UNIX_DATAGRAM;
        }

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    static final Form<ListenAddress> FORM = Forms.simple(
            "address",
            "\"tcp:ADDR:PORT\", \"udp:ADDR:PORT\", \"unix:PATH\", \"unix-seqpacket:PATH\" or \"unix-datagram:PATH\"; IPv6"
                    + " in brackets, * for every address, PATH absolute or @NAME, PORT 0 to 65535",
            value -> read((String) value),
            address -> TomlText.quoted(address.toString()));

    private static final Pattern INET = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^:\\[\\]\\s]+)):(\\d{1,5})");
    private static final int MOST_PATH_BYTES = 107;

    private static ListenAddress read(String text) {
        for (Kind kind : Kind.values()) {
            String prefix = kind.word() + ":";
            if (text.startsWith(prefix)) {
                String rest = text.substring(prefix.length());
                return kind.isUnix() ? unix(kind, rest) : inet(kind, rest);
            }
        }
        throw Form.wrong();
    }

    private static ListenAddress unix(Kind kind, String path) {
        Forms.require((path.startsWith("/") || path.startsWith("@")) && path.length() > 1 && path.indexOf('\0') < 0);
        if (path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MOST_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "a unix socket's path has at most " + MOST_PATH_BYTES + " bytes (unix(7))");
        }
        return new ListenAddress(kind, "", 0, path);
    }

    private static ListenAddress inet(Kind kind, String hostAndPort) {
        Matcher matcher = INET.matcher(hostAndPort);
        Forms.require(matcher.matches());
        int port = Integer.parseInt(matcher.group(3));
        Forms.require(port <= 0xFFFF);
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new ListenAddress(kind, host, port, "");
    }

    /**
     * The kernel's form. May ask the resolver, which may take long.
     *
     * @throws UnknownHostException if the host's name has no address
     */
    public Endpoint resolve() throws UnknownHostException {
        if (!kind.isUnix()) {
            InetAddress address = InetAddress.getByName(host.equals("*") ? "::" : host);
            return Endpoint.of(new InetSocketAddress(address, port));
        }
        return path.startsWith("@") ? new Endpoint.UnixAbstract(path.substring(1)) : new Endpoint.UnixPath(path);
    }

    /** As in the file. */
    @Override
    public String toString() {
        if (kind.isUnix()) {
            return kind.word() + ":" + path;
        }
        return kind.word() + ":" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
