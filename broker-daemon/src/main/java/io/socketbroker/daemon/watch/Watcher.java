package io.socketbroker.daemon.watch;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import java.util.BitSet;

/**
 * Brokered sockets in epoll: level-triggered and one-shot, so that each arming brings at most one report, and arming with
 * unread bytes brings one at once.
 */
public final class Watcher {
    private static final int EVENTS = Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLONESHOT;

    private final EventLoop loop;
    private final int source;
    private final BitSet registered = new BitSet();

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

    /** Arms one report. */
    public void watch(Slot slot, long generation, Fd fd) {
        if (registered.get(slot.index())) {
            loop.modify(fd, EVENTS, source, slot.index(), generation);
            return;
        }
        try {
            loop.add(fd, EVENTS, source, slot.index(), generation);
        } catch (LinuxException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            loop.modify(fd, EVENTS, source, slot.index(), generation);
        }
        registered.set(slot.index());
    }

    /** Before the descriptor is closed or given away. */
    public void unwatch(Slot slot, Fd fd) {
        if (registered.get(slot.index())) {
            registered.clear(slot.index());
            loop.delete(fd);
        }
    }
}
