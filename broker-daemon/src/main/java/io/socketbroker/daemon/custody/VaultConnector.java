package io.socketbroker.daemon.custody;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Reaches the vault, and starts one if none serves. It may block; by one thread at a time. */
final class VaultConnector implements AutoCloseable {
    private final Path socket;
    private final VaultStarter starter;
    private final Duration timeout;

    VaultConnector(Path socket, VaultStarter starter, Duration timeout) {
        this.socket = socket;
        this.starter = starter;
        this.timeout = timeout;
    }

    /**
     * A blocking connection to a vault of this user, with the timeout set on both directions.
     *
     * @throws IOException if there is none; the message names the socket
     */
    OwnedFd connect() throws IOException {
        try {
            return open();
        } catch (IOException e) {
            throw failure(e);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ECONNREFUSED)) {
                throw failure(e);
            }
        }
        try {
            starter.start();
            return open();
        } catch (LinuxException | IOException e) {
            throw failure(e);
        }
    }

    private IOException failure(Exception cause) {
        return new IOException("the vault on " + socket + ": " + cause.getMessage(), cause);
    }

    private OwnedFd open() throws IOException {
        OwnedFd connection = Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_SEQPACKET, 0);
        try {
            SocketOptions.setSendTimeout(connection.fd(), timeout);
            SocketOptions.setReceiveTimeout(connection.fd(), timeout);
            Sockets.connect(connection.fd(), new Endpoint.UnixPath(socket.toString()));
            int uid = SocketOptions.peerCredentials(connection.fd()).uid();
            if (uid != Users.uid()) {
                // Whoever it is would get every socket.
                throw new IOException("it belongs to uid " + Integer.toUnsignedString(uid) + ", not to uid "
                        + Integer.toUnsignedString(Users.uid()) + "; nothing is given to it");
            }
            return connection;
        } catch (LinuxException | IOException e) {
            connection.close();
            throw e;
        }
    }

    /** For messages. */
    Path socket() {
        return socket;
    }

    @Override
    public void close() {
        starter.close();
    }
}
