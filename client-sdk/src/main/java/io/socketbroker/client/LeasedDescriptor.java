package io.socketbroker.client;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.util.Optional;

/**
 * The handler's descriptor of a leased socket. Numbers 0 and 1 of the style "socket" are never closed, because
 * System.in and an inherited channel sit on them; others are, when the lease ends. Thread-safe.
 */
final class LeasedDescriptor {

    private final Fd fd;
    private final Optional<OwnedFd> owned;
    private boolean taken;
    private boolean closed;

    private LeasedDescriptor(Fd fd, Optional<OwnedFd> owned) {
        this.fd = fd;
        this.owned = owned;
    }

    static LeasedDescriptor ofStandardInput() {
        return new LeasedDescriptor(Fd.STDIN, Optional.empty());
    }

    static LeasedDescriptor of(OwnedFd owned) {
        return new LeasedDescriptor(owned.fd(), Optional.of(owned));
    }

    synchronized Fd fd() {
        if (closed) {
            throw new IllegalStateException("the lease has ended, the descriptor is closed: " + fd);
        }
        if (taken) {
            throw new IllegalStateException("the descriptor was taken out: " + fd);
        }
        return fd;
    }

    synchronized OwnedFd take() {
        var number = fd();
        taken = true;
        return owned.map(descriptor -> OwnedFd.own(descriptor.release())).orElseGet(() -> duplicate(number));
    }

    /** A second descriptor for a transfer, whoever has the first one. */
    synchronized OwnedFd duplicate() {
        return duplicate(fd());
    }

    private static OwnedFd duplicate(Fd number) {
        // Borrowed only to duplicate: released at once, so that nobody closes the number.
        var borrowed = OwnedFd.own(number.number());
        try {
            return borrowed.duplicate();
        } finally {
            borrowed.release();
        }
    }

    synchronized void shutdown() {
        if (!taken && !closed) {
            Sockets.shutdown(fd, Sockets.SHUT_RDWR);
        }
    }

    synchronized void close() {
        closed = true;
        if (!taken) {
            owned.ifPresent(OwnedFd::close);
        }
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}
