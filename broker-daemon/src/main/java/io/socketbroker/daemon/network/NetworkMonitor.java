package io.socketbroker.daemon.network;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.RouteSocket;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports that interfaces, addresses or routes have changed: at once when there was no change for a second, and at most
 * once a second while changes go on, the last time after the last of them. A service that may not hear of them
 * (RestrictAddressFamilies= of systemd.exec(5)) reports nothing, unless a socket is handed to it.
 *
 * <p>Made before the loop runs, then used on the conductor thread alone.
 */
public final class NetworkMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NetworkMonitor.class);

    private final EventLoop loop;
    private final int source;
    private final ReportPace pace;
    private @Nullable RouteSocket socket;

    /** Told of changes. */
    public interface Listener {
        /** Something has changed since the last call. On the conductor thread. */
        void networkChanged();
    }

    /** With a socket of its own, of the network that this process is in. Does not fail without one, but says so in the log. */
    public NetworkMonitor(EventLoop loop, Listener listener) {
        this(loop, listener, RouteSocket::open);
    }

    /**
     * With a socket that was made elsewhere, of the network of its maker. Becomes its owner; if it is not of the right kind
     * it is closed, and the log says so.
     */
    public NetworkMonitor(EventLoop loop, Listener listener, OwnedFd handedOver) {
        this(loop, listener, () -> RouteSocket.adopt(handedOver));
    }

    NetworkMonitor(EventLoop loop, Listener listener, Supplier<RouteSocket> opener) {
        this.loop = loop;
        this.source = loop.addSource((_, _, _) -> ready());
        this.pace = new ReportPace(
                loop::nowNanos, (action, delayNanos) -> loop.schedule(delayNanos, action), listener::networkChanged);
        listenTo(opener);
    }

    /** Listens to a socket that was made elsewhere, as the constructor, instead of the present one. */
    public void adopt(OwnedFd handedOver) {
        listenTo(() -> RouteSocket.adopt(handedOver));
    }

    /** Whether changes are heard of. */
    public boolean isListening() {
        return socket != null;
    }

    private void listenTo(Supplier<RouteSocket> opener) {
        try {
            RouteSocket opened = register(opener.get());
            close();
            socket = opened;
        } catch (LinuxException | IllegalArgumentException e) {
            log.warn(
                    "cannot listen for changes of the network ({}): {}",
                    e.getMessage(),
                    isListening() ? "the former socket stays" : "none will be reported");
        }
    }

    private RouteSocket register(RouteSocket opened) {
        try {
            loop.add(opened.fd(), Epoll.EPOLLIN, source, 0, 0);
            return opened;
        } catch (LinuxException e) {
            opened.close();
            throw e;
        }
    }

    private void ready() {
        if (socket == null) {
            return; // closed in the same turn
        }
        try {
            if (socket.drain()) {
                pace.changed();
            }
        } catch (LinuxException e) {
            log.error("changes of the network will not be noticed any more", e);
            close();
        }
    }

    /** Before the loop is closed. No further changes are heard of; one that was heard of may still be reported. */
    @Override
    public void close() {
        if (socket != null) {
            loop.delete(socket.fd());
            socket.close();
            socket = null;
        }
    }
}
