package io.socketbroker.daemon.supervisor;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The end of sd_notify(3) that a service manager has. Not thread-safe. */
public final class ListeningManager implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final OwnedFd socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
    private final String address;

    /** Listens at an absolute path, or at "@" and an abstract name. */
    public ListeningManager(String address) {
        this.address = address;
        Sockets.bind(
                socket.fd(),
                address.startsWith("@")
                        ? new Endpoint.UnixAbstract(address.substring(1))
                        : new Endpoint.UnixPath(address));
    }

    /** What it gives its services. */
    public Map<String, String> environment() {
        return Map.of("NOTIFY_SOCKET", address);
    }

    /** The next message; "nothing" after half a minute. */
    public String next() {
        return next(PATIENCE);
    }

    /** The next message; "nothing" if none comes within this time. */
    public String next(Duration patience) {
        SocketOptions.setReceiveTimeout(socket.fd(), patience);
        byte[] buffer = new byte[4_096];
        int count = Io.read(socket.fd(), buffer);
        return count == Io.WOULD_BLOCK ? "nothing" : new String(buffer, 0, count, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        socket.close();
    }
}
