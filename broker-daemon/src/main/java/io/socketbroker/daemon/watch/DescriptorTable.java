package io.socketbroker.daemon.watch;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.OwnedFds;
import java.util.Optional;

/** The owner of every brokered descriptor, by slot. */
public final class DescriptorTable implements AutoCloseable {
    private final OwnedFds bySlot = new OwnedFds();

    /** Takes ownership, and lends it: the giver's object counts as released. */
    public Fd bind(Slot slot, OwnedFd descriptor) {
        bySlot.put(slot.index(), descriptor);
        return at(slot);
    }

    /** Borrowed: the table stays the owner. */
    public Fd at(Slot slot) {
        return bySlot.at(slot.index());
    }

    /** A duplicate for somebody else. */
    public OwnedFd duplicate(Slot slot) {
        return OwnedFd.duplicateOf(at(slot));
    }

    /** Gives ownership to the caller; the slot is free. */
    public OwnedFd unbind(Slot slot) {
        return bySlot.take(slot.index());
    }

    /** The first slot with a descriptor from this one on. */
    public Optional<Slot> firstFrom(int index) {
        int found = bySlot.nextFrom(index);
        return found < 0 ? Optional.empty() : Optional.of(new Slot(found));
    }

    @Override
    public void close() {
        bySlot.close();
    }
}
