package io.socketbroker.daemon.supervisor;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The datagram socket of sd_notify(3). It keeps one descriptor, so that a process that has no more can still say that it is
 * alive, and connects it before each message, because the manager may have been replaced since the last one.
 *
 * <p>Thread-safe; threads wait for each other, so one that must not wait relies on nobody calling {@link #sendPatiently}.
 */
public final class NotifySocket implements AutoCloseable {
    /** Where the manager listens: an absolute path, or "@" and the name of an abstract socket. */
    public static final String VARIABLE = "NOTIFY_SOCKET";

    /** For a manager whose queue is full. It empties it in a moment, or hangs itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The longest message that goes with descriptors. */
    private static final int MOST_BYTES = 512;

    private final OwnedFd socket;
    private final Endpoint manager;
    private @Nullable DescriptorChannel channel;

    private NotifySocket(OwnedFd socket, Endpoint manager) {
        this.socket = socket;
        this.manager = manager;
    }

    /**
     * As NOTIFY_SOCKET says; empty if it is not there.
     *
     * @throws IllegalArgumentException if it names a kind of address that this class does not know, such as "vsock:"
     * @throws LinuxException without free descriptors
     */
    public static Optional<NotifySocket> of(Map<String, String> environment) {
        String address = environment.getOrDefault(VARIABLE, "");
        if (address.isEmpty()) {
            return Optional.empty();
        }
        Endpoint manager = endpoint(address);
        OwnedFd socket = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
        SocketOptions.setSendTimeout(socket.fd(), PATIENCE);
        return Optional.of(new NotifySocket(socket, manager));
    }

    private static Endpoint endpoint(String address) {
        if (address.startsWith("/")) {
            return new Endpoint.UnixPath(address);
        }
        if (address.startsWith("@") && address.length() > 1) {
            byte[] name = address.substring(1).getBytes(StandardCharsets.UTF_8);
            return new Endpoint.UnixAbstract(new String(name, StandardCharsets.ISO_8859_1));
        }
        throw new IllegalArgumentException(VARIABLE + "=" + address + " is neither a path nor an abstract name");
    }

    /**
     * Sends assignments such as "READY=1", one a line, without ever waiting for the manager.
     *
     * @return false if its queue is full: nothing was sent
     * @throws LinuxException if it is not there, ECONNREFUSED or ENOENT
     */
    public synchronized boolean send(String assignments) {
        byte[] message = assignments.getBytes(StandardCharsets.UTF_8);
        Sockets.connect(socket.fd(), manager);
        return Sockets.send(socket.fd(), message, 0, message.length) != Sockets.WOULD_BLOCK;
    }

    /**
     * As {@link #send}, with duplicates of descriptors, for FDSTORE=1 and BARRIER=1.
     *
     * @param descriptors used during the call
     * @return false also if too many descriptors of this user are on their way
     */
    public synchronized boolean send(String assignments, List<Fd> descriptors) {
        if (channel == null) {
            channel = new DescriptorChannel(MOST_BYTES);
        }
        Sockets.connect(socket.fd(), manager);
        try {
            return channel.send(socket.fd(), assignments.getBytes(StandardCharsets.UTF_8), descriptors);
        } catch (LinuxException e) {
            if (e.is(Errno.ETOOMANYREFS)) {
                return false;
            }
            throw e;
        }
    }

    /** On loan, to be watched for room (EPOLLOUT) after a message that was not sent. */
    public Fd fd() {
        return socket.fd();
    }

    /** As {@link #send}, but waits up to five seconds for room. */
    public synchronized boolean sendPatiently(String assignments) {
        byte[] message = assignments.getBytes(StandardCharsets.UTF_8);
        Sockets.connect(socket.fd(), manager);
        return Io.write(socket.fd(), message, 0, message.length) != Io.WOULD_BLOCK;
    }

    @Override
    public synchronized void close() {
        socket.close();
    }
}
