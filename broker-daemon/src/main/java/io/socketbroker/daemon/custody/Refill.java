package io.socketbroker.daemon.custody;

import java.util.List;

/** Gives custody everything again, piece by piece, after its holder has lost it. Called on the conductor thread. */
public interface Refill {
    /**
     * The sockets of the broker with a slot from this one on, by slot: all that it has a descriptor of, those whose {@link
     * Custody#put} is under way among them.
     *
     * @param firstSlot index of the first slot to look at
     * @param atMost how many, from 1
     * @return empty when there are no more; the descriptors are borrowed until the conductor goes on to its next event
     */
    List<Held> from(int firstSlot, int atMost);
}
