package io.socketbroker.daemon.loop;

import io.socketbroker.daemon.time.Timers;
import io.socketbroker.linux.Epoll;
import io.socketbroker.linux.EventFd;
import io.socketbroker.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for descriptors, commands and deadlines in one place, and runs what they bring, one after the other, on the
 * thread that called {@link #run}. The 64 bits of epoll(7)'s data carry who registered a descriptor (8 bits), a tag that
 * tells a stale report from a fresh one (24 bits) and an index (32 bits).
 */
public final class EventLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
    private static final int EVENTS_PER_TURN = 512;
    private static final int COMMANDS_PER_TURN = 1_024;
    private static final int MOST_COMMANDS = 65_536;
    private static final int FOR_EVER = -1;
    private static final int OWN_SOURCE = 0;
    private static final int WAKE_UP = 0;
    private static final int ALARM = 1;

    private final Epoll epoll = new Epoll(EVENTS_PER_TURN);
    private final EventFd wakeUp = new EventFd();
    private final AtomicBoolean wakeUpSignalled = new AtomicBoolean();
    private final BlockingQueue<Runnable> commands = new ArrayBlockingQueue<>(MOST_COMMANDS);
    private final List<Source> sources = new ArrayList<>();
    private final Timers timers = new Timers();
    private final DeadlineAlarm alarm = new DeadlineAlarm();
    private Deadlines deadlines = OptionalLong::empty;
    private Runnable endOfTurn = () -> {};
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;

    /** Whoever registers descriptors is told of them here. */
    public interface Source {
        /**
         * A descriptor is ready.
         *
         * @param index as registered
         * @param tag the low 24 bits of what was registered
         * @param events EPOLLIN and the like
         */
        void ready(int index, int tag, int events);
    }

    /** Further deadlines that the loop wakes up for. */
    public interface Deadlines {
        /** On the loop's clock, {@link EventLoop#nowNanos}. */
        OptionalLong next();
    }

    /** A loop that does not run yet. */
    public EventLoop() {
        sources.add(this::drainOwn);
        epoll.add(wakeUp.fd(), Epoll.EPOLLIN, data(OWN_SOURCE, WAKE_UP, 0));
        epoll.add(alarm.fd(), Epoll.EPOLLIN, data(OWN_SOURCE, ALARM, 0));
    }

    /** Before {@link #run}: the number under which this source registers descriptors. */
    public int addSource(Source source) {
        if (sources.size() > 0xff) {
            throw new IllegalStateException("more than 256 sources");
        }
        sources.add(source);
        return sources.size() - 1;
    }

    /** Before {@link #run}: deadlines of the rules, and what is done at the end of each turn. */
    public void onTurn(Deadlines furtherDeadlines, Runnable atEndOfTurn) {
        deadlines = furtherDeadlines;
        endOfTurn = atEndOfTurn;
    }

    /** Nanoseconds since the host was started, also those of a suspend (CLOCK_BOOTTIME). From any thread. */
    public long nowNanos() {
        return alarm.nowNanos();
    }

    /** From any thread. False if the queue is full: the caller refuses what it wanted to do. */
    public boolean submit(Runnable command) {
        if (stopped || !commands.offer(command)) {
            return false;
        }
        if (!wakeUpSignalled.getAndSet(true)) {
            wakeUp.signal();
        }
        return true;
    }

    /** On the loop: at once if the caller runs on it. Refused only when the loop has ended, with all that is on it. */
    public void execute(Runnable action) {
        if (isCurrentThread()) {
            action.run();
        } else {
            submit(action);
        }
    }

    /** Whether the caller runs on the loop. */
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(thread);
    }

    /** Registers a descriptor; see epoll_ctl(2) for the events. */
    public void add(Fd fd, int events, int source, int index, long tag) {
        epoll.add(fd, events, data(source, index, tag));
    }

    /** Arms a registered descriptor again. */
    public void modify(Fd fd, int events, int source, int index, long tag) {
        epoll.modify(fd, events, data(source, index, tag));
    }

    /** Before every close: the registration belongs to the open file, not to the number (epoll(7)). */
    public void delete(Fd fd) {
        epoll.delete(fd);
    }

    /** Runs an action once after so long, and up to a millisecond more. */
    public Timers.Timer schedule(long delayNanos, Runnable action) {
        return timers.schedule(nowNanos() + delayNanos, action);
    }

    /** Null and what ran already are ignored. */
    public void cancel(Timers.@Nullable Timer timer) {
        timers.cancel(timer);
    }

    /** Until {@link #stop}. Commands that are queued by then still run. */
    public void run() {
        thread = Thread.currentThread();
        while (!stopped) {
            int count = epoll.await(timeoutMillis());
            for (int i = 0; i < count; i++) {
                dispatch(epoll.data(i), epoll.events(i));
            }
            runCommands(COMMANDS_PER_TURN);
            guarded(() -> timers.runDue(nowNanos()));
            guarded(endOfTurn);
        }
        runCommands(MOST_COMMANDS);
        guarded(endOfTurn);
    }

    /** From any thread: the turn that runs is the last. */
    public void stop() {
        if (!submit(() -> stopped = true)) {
            stopped = true;
            wakeUp.signal();
        }
    }

    private void dispatch(long data, int events) {
        Source source = sources.get((int) (data >>> 56));
        guarded(() -> source.ready((int) data, (int) (data >>> 32) & 0xff_ffff, events));
    }

    private void runCommands(int atMost) {
        for (int i = 0; i < atMost; i++) {
            Runnable command = commands.poll();
            if (command == null) {
                return;
            }
            guarded(command);
        }
        // More is queued: come back after a look at the descriptors.
        wakeUp.signal();
    }

    /** A defect in one event must not end the service of all others. */
    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException defect) {
            log.error("the conductor goes on after a defect", defect);
        }
    }

    private void drainOwn(int index, int tag, int events) {
        if (index == ALARM) {
            alarm.fired();
        } else {
            wakeUp.drain();
            wakeUpSignalled.set(false);
        }
    }

    /** Arms the alarm rather than giving a time, which epoll_wait(2) would count on a clock that a suspend stops. */
    private int timeoutMillis() {
        long next = Math.min(
                timers.nextDeadlineNanos().orElse(Long.MAX_VALUE),
                deadlines.next().orElse(Long.MAX_VALUE));
        if (next == Long.MAX_VALUE) {
            return FOR_EVER;
        }
        if (next <= nowNanos()) {
            return 0;
        }
        alarm.arm(next);
        return FOR_EVER;
    }

    private static long data(int source, int index, long tag) {
        return (long) source << 56 | (tag & 0xff_ffff) << 32 | Integer.toUnsignedLong(index);
    }

    @Override
    public void close() {
        epoll.close();
        wakeUp.close();
        alarm.close();
    }
}
