package io.socketbroker.daemon.vault;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes what the vault lets go of, which may be the last descriptor of its socket. With SO_LINGER (socket(7)) that takes
 * as long as the peer likes, so such sockets are closed on threads of their own. Used by the vault's only other thread.
 */
final class Closer {
    private static final int MOST_THREADS = 32;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            MOST_THREADS, MOST_THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(Frame.MOST_SLOTS));

    Closer() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** Becomes the owner. Never waits. */
    void close(OwnedFd descriptor) {
        if (lingers(descriptor)) {
            threads.execute(new Lingering(descriptor));
        } else {
            descriptor.close();
        }
    }

    private static boolean lingers(OwnedFd descriptor) {
        try {
            return SocketOptions.isLingering(descriptor.fd());
        } catch (LinuxException e) {
            return false;
        }
    }

    private record Lingering(OwnedFd descriptor) implements Runnable {
        @Override
        public void run() {
            descriptor.close();
        }
    }
}
