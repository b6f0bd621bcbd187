package io.socketbroker.daemon.watch;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes what may be the last descriptor of a socket. With SO_LINGER (socket(7)) that takes as long as the peer likes, also
 * for a non-blocking socket, so such sockets are closed on threads of their own. From any thread.
 */
public final class LingeringSockets {
    private static final int MOST_THREADS = 16;
    private static final int MOST_WAITING = 65_536;

    private static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("closer-", 0).factory());

    static {
        THREADS.allowCoreThreadTimeOut(true);
    }

    private LingeringSockets() {}

    /** Becomes the owner. Never waits. */
    public static void close(OwnedFd descriptor) {
        if (!lingers(descriptor)) {
            descriptor.close();
            return;
        }
        try {
            THREADS.execute(descriptor::close);
        } catch (RejectedExecutionException e) {
            // Without its time to linger: the peer is reset, which is better than everybody waiting.
            SocketOptions.setLinger(descriptor.fd(), true, 0);
            descriptor.close();
        }
    }

    private static boolean lingers(OwnedFd descriptor) {
        try {
            return SocketOptions.isLingering(descriptor.fd());
        } catch (LinuxException _) {
            return false;
        }
    }
}
