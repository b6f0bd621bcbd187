package io.socketbroker.daemon.custody;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A vault that the service manager starts, or starts again; here it is only waited for. */
public final class AwaitedVault implements VaultStarter {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path socket;

    /** Of this socket; waits for nothing yet. */
    public AwaitedVault(Path socket) {
        this.socket = socket;
    }

    @Override
    public void start() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!serves()) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw new IOException(
                        "no vault serves there, which the service manager was to start: see `systemctl status"
                                + " socketbroker-vault.service`, or choose another custody");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean serves() {
        try {
            Sockets.connectUnix(socket, Sockets.SOCK_SEQPACKET).close();
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    @Override
    public void close() {}
}
