package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.ExitStatus;
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

    private record Handler(long activationId, OwnedFd pidfd) {}

    /** Told of each handler's end. */
    public interface Listener {
        /** The process has ended and was reaped. */
        void exited(long activationId, ExitStatus status);
    }

    /** Before the loop runs. */
    public HandlerTable(EventLoop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        this.source = loop.addSource((index, _, _) -> ended(index));
    }

    /** Becomes the owner of the pidfd. */
    public void add(long activationId, SpawnedProcess process) {
        int index = ++lastIndex;
        handlers.put(index, new Handler(activationId, process.pidfd()));
        loop.add(process.pidfd().fd(), Epoll.EPOLLIN, source, index, 0);
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
        Optional<ExitStatus> status = PidFd.waitFor(handler.pidfd.fd(), false);
        if (status.isPresent()) {
            handlers.remove(index);
            loop.delete(handler.pidfd.fd());
            handler.pidfd.close();
            listener.exited(handler.activationId, status.get());
        }
    }

    /** Handlers go on without the broker. */
    @Override
    public void close() {
        handlers.values().forEach(handler -> handler.pidfd.close());
        handlers.clear();
    }
}
