package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.supervisor.NotifySocket;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Pipes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BARRIER=1 of sd_notify(3): the service manager closes the descriptor that comes with it once it has carried out all
 * messages before it. One barrier is on its way at a time; puts sent meanwhile wait for the next. On the conductor thread.
 */
final class Barriers {
    private final EventLoop loop;
    private final NotifySocket socket;
    private final Duration timeout;
    private final Runnable afterwards;
    private final int source;
    private List<PendingPut> following = new ArrayList<>();
    private @Nullable Barrier raised;
    private int number;

    private record Barrier(int number, OwnedFd readEnd, List<PendingPut> puts, Timers.Timer timer) {}

    /**
     * Before the loop runs.
     *
     * @param afterwards run when one was passed or has timed out
     */
    Barriers(EventLoop loop, NotifySocket socket, Duration timeout, Runnable afterwards) {
        this.loop = loop;
        this.socket = socket;
        this.timeout = timeout;
        this.afterwards = afterwards;
        source = loop.addSource((index, _, _) -> passed(index));
    }

    /** One socket of this put was sent: it is safe once the next barrier is passed. */
    void follow(PendingPut put) {
        following.add(put);
    }

    /**
     * Sends one if something waits for it and none is on its way.
     *
     * @return false if there is no room for it now
     */
    boolean raise() {
        if (raised != null || following.isEmpty()) {
            return true;
        }
        try {
            return send(Pipes.create());
        } catch (LinuxException e) {
            BrokerRefusal refusal = CustodyRefusals.unavailable("systemd: " + e.getMessage());
            following.forEach(put -> put.fail(refusal));
            following.clear();
            return true;
        }
    }

    private boolean send(Pipes.Pipe pipe) {
        boolean sent = false;
        try (OwnedFd writeEnd = pipe.writeEnd()) {
            sent = socket.send("BARRIER=1", List.of(writeEnd.fd()));
        } finally {
            if (!sent) {
                pipe.readEnd().close();
            }
        }
        if (sent) {
            int next = ++number;
            raised = new Barrier(
                    next, pipe.readEnd(), following, loop.schedule(timeout.toNanos(), () -> timedOut(next)));
            following = new ArrayList<>();
            // EPOLLHUP, which needs not be asked for: the last writer has closed its end.
            loop.add(pipe.readEnd().fd(), 0, source, next, 0);
        }
        return sent;
    }

    private void passed(int which) {
        take(which).forEach(PendingPut::settle);
        afterwards.run();
    }

    private void timedOut(int which) {
        BrokerRefusal refusal =
                CustodyRefusals.unavailable("systemd has not answered for " + timeout.toMillis() + " ms");
        take(which).forEach(put -> put.fail(refusal));
        afterwards.run();
    }

    /** The puts of the barrier, which is none any more; nothing if it is another one. */
    private List<PendingPut> take(int which) {
        Barrier reached = raised;
        if (reached == null || reached.number != which) {
            return List.of();
        }
        raised = null;
        loop.cancel(reached.timer);
        loop.delete(reached.readEnd.fd());
        reached.readEnd.close();
        return reached.puts;
    }

    /** After the loop has ended. */
    void close(BrokerRefusal stopping) {
        if (raised != null) {
            raised.readEnd.close();
            raised.puts.forEach(put -> put.fail(stopping));
            raised = null;
        }
        following.forEach(put -> put.fail(stopping));
        following.clear();
    }
}
