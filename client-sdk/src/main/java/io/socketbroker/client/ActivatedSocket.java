package io.socketbroker.client;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.LeaseOutcome;
import java.time.Duration;

/**
 * One socket that woke this handler. Thread-safe.
 *
 * <p>Its lease ends once: by {@link #giveBack}, {@link #close} or {@link #keep}. Without one of them the task's exit
 * policy decides when the process ends; to a {@link Session} see {@link SocketHandler}.
 */
public final class ActivatedSocket {

    private final BrokeredSocket socket;
    private final Trigger trigger;
    private final boolean released;
    private final LeasedDescriptor descriptor;
    private final SocketLease lease;

    ActivatedSocket(
            BrokeredSocket socket, Trigger trigger, boolean released, LeasedDescriptor descriptor, SocketLease lease) {
        this.socket = socket;
        this.trigger = trigger;
        this.released = released;
        this.descriptor = descriptor;
        this.lease = lease;
    }

    /** The id that its application chose. */
    public String id() {
        return socket.id();
    }

    /** As the broker handed it over: kind, addresses, generation, context. */
    public BrokeredSocket socket() {
        return socket;
    }

    /** The bytes that were left with it. */
    public byte[] context() {
        return socket.context();
    }

    /** Why it woke. */
    public Trigger trigger() {
        return trigger;
    }

    /**
     * The broker kept no duplicate, because the task closes its sockets at exit in any case. Giving back is a new
     * transfer then, which loads gRPC, and the broker cannot repeat a failed activation.
     */
    public boolean isReleased() {
        return released;
    }

    /**
     * The descriptor on loan, as long as the lease lasts and it is not taken out.
     *
     * @throws IllegalStateException if the lease has ended or the descriptor was taken out
     * @throws BrokerException STALE_GENERATION if {@link #isRevoked}
     */
    public Fd fd() {
        lease.requireNotRevoked();
        return descriptor.fd();
    }

    /**
     * The broker ended the lease by itself: its owner closed the socket, or the session's connection was lost. Nothing
     * may be read or written any more; every operation but this one fails. Only for sockets of a {@link Session}.
     */
    public boolean isRevoked() {
        return lease.isRevoked();
    }

    /**
     * Tells when the lease is revoked: at most once, on a virtual thread, at once if it was revoked before. Never called
     * for a launched handler, nor after the handler has ended the lease itself.
     */
    public void onRevoked(Runnable action) {
        lease.onRevoked(action);
    }

    /**
     * The descriptor for good: the caller closes it, before or after the end of the lease. In the style "socket" a
     * duplicate of descriptor 0, which itself stays open until the process ends.
     *
     * @throws IllegalStateException if taken before, or the lease has ended
     */
    public OwnedFd takeDescriptor() {
        lease.requireNotRevoked();
        return descriptor.take();
    }

    /**
     * Gives it back: it is parked, and its next activity wakes the next handler. Context and keep-alive stay as they
     * are. This process must not read from it any more.
     *
     * @throws BrokerException STALE_GENERATION if the lease was over
     * @throws IllegalStateException if it was ended before
     */
    public void giveBack() {
        giveBack(end(LeaseOutcome.LEASE_OUTCOME_RETURNED));
    }

    /** As {@link #giveBack()}, with a new context. */
    public void giveBack(byte[] context) {
        giveBack(end(LeaseOutcome.LEASE_OUTCOME_RETURNED).withContext(context));
    }

    /** As {@link #giveBack()}, with a new context and keep-alive time, 1 s to 7 days; zero means none. */
    public void giveBack(byte[] context, Duration keepAlive) {
        giveBack(context, KeepAliveOptions.every(keepAlive));
    }

    /** As {@link #giveBack()}, with a new context and keep-alive. */
    public void giveBack(byte[] context, KeepAliveOptions keepAlive) {
        giveBack(end(LeaseOutcome.LEASE_OUTCOME_RETURNED).withContext(context).withKeepAlive(keepAlive));
    }

    private void giveBack(LeaseEnd end) {
        lease.awaitReturn();
        lease.end(this, () -> {
            if (released) {
                lease.transferBack(this, end);
            } else {
                lease.complete(end);
            }
            descriptor.close();
        });
    }

    /** Done with it: the connection is shut down and closed. */
    public void close() {
        lease.end(this, () -> {
            if (released) {
                descriptor.shutdown();
            } else {
                lease.complete(end(LeaseOutcome.LEASE_OUTCOME_CLOSED));
            }
            descriptor.close();
        });
    }

    /** Keeps it: the broker forgets it, and this process goes on with it. Take the descriptor out to close it. */
    public void keep() {
        lease.end(this, () -> {
            if (!released) {
                lease.complete(end(LeaseOutcome.LEASE_OUTCOME_TAKEN));
            }
        });
    }

    OwnedFd duplicate() {
        return descriptor.duplicate();
    }

    /** The handler is done with the descriptor, unless it was taken out. */
    void closeDescriptor() {
        descriptor.close();
    }

    private LeaseEnd end(LeaseOutcome outcome) {
        return LeaseEnd.of(socket.key(), socket.generation(), outcome);
    }

    @Override
    public String toString() {
        return "activated socket " + id() + " on " + descriptor;
    }
}
