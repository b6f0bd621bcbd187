package io.socketbroker.daemon.watch;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.SocketOptions;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Brokered sockets in epoll: level-triggered and one-shot, so that each arming brings at most one report, and arming with
 * unread bytes brings one at once. A socket that waits for more bytes than one has its low-water mark raised; where the
 * kernel does not heed that (unix(7)) it is edge-triggered meanwhile, because a level would be reported without end.
 */
public final class Watcher {
    private static final int EVENTS = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLONESHOT;
    private static final int EDGE_EVENTS = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLET;

    private final EventLoop loop;
    private final int source;
    private final BitSet registered = new BitSet();
    private final BitSet edgeTriggered = new BitSet();

    /** The low-water mark that the owner had set, of sockets where it is another one now. */
    private final Map<Integer, Integer> formerLowWater = new HashMap<>();

    /** Told of a report: the slot, the low 24 bits of the generation that was armed, and the events. */
    public interface Listener {
        /** See {@link Watcher}. */
        void reported(Slot slot, int generationTag, int events);
    }

    /** Before the loop runs. */
    public Watcher(EventLoop loop, Listener listener) {
        this.loop = loop;
        this.source = loop.addSource((index, tag, events) -> listener.reported(new Slot(index), tag, events));
    }

    /** Whether a report's tag is of this generation. */
    public static boolean isOf(int generationTag, long generation) {
        return generationTag == (int) (generation & 0xff_ffff);
    }

    /**
     * Arms one report.
     *
     * @param atLeastBytes 1 for any
     * @param lowWater whether the kernel heeds SO_RCVLOWAT for this socket: TCP does (tcp(7))
     */
    public void watch(Slot slot, long generation, Fd fd, int atLeastBytes, boolean lowWater) {
        if (atLeastBytes > 1 && !lowWater) {
            if (!edgeTriggered.get(slot.index())) {
                arm(slot, generation, fd, EDGE_EVENTS);
                edgeTriggered.set(slot.index());
            }
            return;
        }
        if (lowWater) {
            setLowWater(slot, fd, atLeastBytes);
        }
        edgeTriggered.clear(slot.index());
        arm(slot, generation, fd, EVENTS);
    }

    private void arm(Slot slot, long generation, Fd fd, int events) {
        if (registered.get(slot.index())) {
            loop.modify(fd, events, source, slot.index(), generation);
            return;
        }
        try {
            loop.add(fd, events, source, slot.index(), generation);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            loop.modify(fd, events, source, slot.index(), generation);
        }
        registered.set(slot.index());
    }

    private void setLowWater(Slot slot, Fd fd, int bytes) {
        Integer former = formerLowWater.get(slot.index());
        if (bytes <= 1 && former == null) {
            return;
        }
        if (former == null) {
            formerLowWater.put(slot.index(), SocketOptions.receiveLowWater(fd));
        }
        SocketOptions.setReceiveLowWater(fd, Math.max(1, bytes));
    }

    /** The open socket is as its owner left it, and reports nothing more. */
    public void settle(Slot slot, Fd fd) {
        Integer former = formerLowWater.remove(slot.index());
        if (former != null) {
            SocketOptions.setReceiveLowWater(fd, former);
        }
        if (edgeTriggered.get(slot.index())) {
            edgeTriggered.clear(slot.index());
            if (registered.get(slot.index())) {
                loop.modify(fd, Epoll.EPOLLONESHOT, source, slot.index(), 0);
            }
        }
    }

    /** Before the descriptor is closed or given away. */
    public void unwatch(Slot slot, Fd fd) {
        if (registered.get(slot.index())) {
            registered.clear(slot.index());
            loop.delete(fd);
        }
    }
}
