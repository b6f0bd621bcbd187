package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.ExitStatus;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.SpawnedProcess;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Running handlers, watched by pidfd. On the conductor thread. */
public final class HandlerTable implements AutoCloseable {
    private final EventLoop loop;
    private final Listener listener;
    private final int source;
    private final Map<Integer, Handler> handlers = new HashMap<>();
    private int lastIndex;

    /** Only the parent of a process is told its status; an upgraded broker is the parent still. */
    private record Handler(long activationId, OwnedFd pidfd) {}

    /** Told of each handler's end. */
    public interface Listener {
        /** The process has ended and was reaped. */
        void exited(long activationId, ExitStatus status);

        /** The process of a former broker has ended; nobody can tell how. */
        void vanished(long activationId);
    }

    /** Before the loop runs. */
    public HandlerTable(EventLoop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        this.source = loop.addSource((index, _, _) -> ended(index));
    }

    /** Becomes the owner of the pidfd. */
    public void add(long activationId, SpawnedProcess process) {
        watch(new Handler(activationId, process.pidfd()));
    }

    /** A process that a former broker started. Becomes the owner of the pidfd. */
    public void adopt(long activationId, OwnedFd pidfd) {
        watch(new Handler(activationId, pidfd));
    }

    private void watch(Handler handler) {
        int index = ++lastIndex;
        handlers.put(index, handler);
        loop.add(handler.pidfd.fd(), Epoll.EPOLLIN, source, index, 0);
    }

    /** Sends a signal to the handler, if it still runs; see signal(7). */
    public void signal(long activationId, int signal) {
        handlers.values().stream()
                .filter(handler -> handler.activationId == activationId)
                .forEach(handler -> PidFd.sendSignal(handler.pidfd.fd(), signal));
    }

    private void ended(int index) {
        Handler handler = handlers.get(index);
        if (handler == null) {
            return;
        }
        Optional<ExitStatus> status;
        try {
            status = PidFd.waitFor(handler.pidfd.fd(), false);
        } catch (LinuxException e) {
            if (!e.is(Errno.ECHILD)) {
                throw e;
            }
            forget(index, handler);
            listener.vanished(handler.activationId);
            return;
        }
        if (status.isPresent()) {
            forget(index, handler);
            listener.exited(handler.activationId, status.get());
        }
    }

    private void forget(int index, Handler handler) {
        handlers.remove(index);
        loop.delete(handler.pidfd.fd());
        handler.pidfd.close();
    }

    /** Handlers go on without the broker. */
    @Override
    public void close() {
        handlers.values().forEach(handler -> handler.pidfd.close());
        handlers.clear();
    }
}
