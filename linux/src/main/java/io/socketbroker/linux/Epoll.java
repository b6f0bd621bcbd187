package io.socketbroker.linux;

import java.util.Objects;

/**
 * An epoll instance (epoll(7)) with 64 bits of the caller's data per registration.
 *
 * <p>{@link #add}, {@link #modify} and {@link #delete} are safe from any thread, also during {@link #await}; {@link
 * #await}, {@link #events}, {@link #data} and {@link #close} belong to one thread. Nothing is allocated per call.
 *
 * <p>A registration belongs to the open file, not to the number: delete it before the descriptor is closed, since a
 * duplicate, in another process too, keeps it and its events alive.
 */
public final class Epoll implements AutoCloseable {

    public static final int EPOLLIN = 0x001;
    public static final int EPOLLPRI = 0x002;
    public static final int EPOLLOUT = 0x004;
    public static final int EPOLLERR = 0x008;
    public static final int EPOLLHUP = 0x010;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    private static final EpollEventLayout LAYOUT = EpollEventLayout.of(System.getProperty("os.arch"));

    private final OwnedFd epoll;
    private final NativeBlock events;
    private final int maximumEvents;
    private int count;

    /**
     * A new instance with FD_CLOEXEC.
     *
     * @param maximumEvents how many events one {@link #await} returns at most, from 1
     */
    public Epoll(int maximumEvents) {
        if (maximumEvents < 1) {
            throw new IllegalArgumentException("epoll needs room for at least one event: " + maximumEvents);
        }
        this.maximumEvents = maximumEvents;
        this.events = NativeBlock.allocate((long) maximumEvents * LAYOUT.eventSize());
        int number = LibcEvents.EPOLL_CREATE1.call(Abi.EPOLL_CLOEXEC);
        this.epoll = OwnedFd.own(LinuxException.check("epoll_create1", number));
    }

    /**
     * Watches a descriptor.
     *
     * @param mask EPOLL constants; EPOLLERR and EPOLLHUP are always watched
     * @param data comes back with each event
     * @throws LinuxException EEXIST if watched already, EPERM for a file that cannot be polled, ENOSPC at
     *     fs.epoll.max_user_watches
     */
    public void add(Fd fd, int mask, long data) {
        control(Abi.EPOLL_CTL_ADD, fd, mask, data, "epoll_ctl(EPOLL_CTL_ADD)");
    }

    /**
     * Changes mask and data, and arms a registration with EPOLLONESHOT again.
     *
     * @throws LinuxException ENOENT if not watched
     */
    public void modify(Fd fd, int mask, long data) {
        control(Abi.EPOLL_CTL_MOD, fd, mask, data, "epoll_ctl(EPOLL_CTL_MOD)");
    }

    /**
     * Ends the registration.
     *
     * @throws LinuxException ENOENT if not watched, EBADF if closed before
     */
    public void delete(Fd fd) {
        control(Abi.EPOLL_CTL_DEL, fd, 0, 0, "epoll_ctl(EPOLL_CTL_DEL)");
    }

    private void control(int operation, Fd fd, int mask, long data, String call) {
        var event = ThreadMemory.current().option();
        event.setInt(0, mask);
        event.setLong(LAYOUT.dataOffset(), data);
        int result = LibcEvents.EPOLL_CTL.call(epoll.number(), operation, fd.number(), event.address());
        LinuxException.check(call, fd, result);
    }

    /**
     * Waits for events.
     *
     * @param timeoutMillis 0 returns at once, -1 waits for ever
     * @return how many events there are now, 0 after the timeout or EINTR
     */
    public int await(int timeoutMillis) {
        count = 0; // events of the last call are gone even if this one fails
        int result = LibcEvents.EPOLL_WAIT.call(epoll.number(), events.address(), maximumEvents, timeoutMillis);
        events.keepReachable();
        if (result != -Errno.EINTR) {
            count = LinuxException.check("epoll_wait", epoll.fd(), result);
        }
        return count;
    }

    /**
     * The mask of an event of the last {@link #await}.
     *
     * @throws IndexOutOfBoundsException beyond its count
     */
    public int events(int index) {
        return events.getInt(offset(index));
    }

    /** The data of an event of the last {@link #await}, as {@link #events}. */
    public long data(int index) {
        return events.getLong(offset(index) + LAYOUT.dataOffset());
    }

    private long offset(int index) {
        return (long) Objects.checkIndex(index, count) * LAYOUT.eventSize();
    }

    /** The epoll descriptor on loan; it can itself be polled. */
    public Fd fd() {
        return epoll.fd();
    }

    /** Closes the descriptor and with it all registrations. */
    @Override
    public void close() {
        epoll.close();
    }
}
