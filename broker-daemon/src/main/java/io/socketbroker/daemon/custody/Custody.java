package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A second holder of every brokered descriptor. First {@link #recover}, then {@link #serve}, both on the thread that starts
 * the broker; then the rest, on the conductor thread.
 */
public interface Custody extends AutoCloseable {
    /** For GetStatus: "none", "vault" or "systemd". */
    String name();

    /**
     * Takes back what a former broker had put here and not dropped. It stays in custody; what the broker does not want is
     * to be dropped and closed. May block for some seconds.
     *
     * @throws IOException if custody cannot be had; the message says what to do
     */
    Recovery recover() throws IOException;

    /**
     * Makes custody work on this loop, which does not run yet.
     *
     * @param refill asked for everything again if the holder is lost
     */
    void serve(EventLoop loop, Refill refill);

    /**
     * Takes duplicates; the descriptors are used during the call only. What a slot had before is let go of.
     *
     * @return completes on the conductor thread once all are safe, and no reply that promises it leaves before; or fails
     *     with a {@link io.socketbroker.daemon.core.BrokerRefusal}, and then each of them is to be dropped
     */
    CompletionStage<Void> put(List<Held> sockets);

    /** Lets go of a socket, after any put of it so far; its slot may be used again. Never fails and never waits. */
    void drop(Slot slot, long cookie);

    /**
     * What the holder says that it holds.
     *
     * @return completes on the conductor thread; or fails with a {@link io.socketbroker.daemon.core.BrokerRefusal} if the
     *     holder is away
     */
    CompletionStage<List<InCustody>> inventory();

    /** Whether everything that was put is safe there, and would be taken back by a successor. */
    boolean isWhole();

    /** The holder's process; 0 if there is none now. */
    int holderPid();

    /** Ends the use of custody; what it holds stays there. */
    @Override
    void close();
}
