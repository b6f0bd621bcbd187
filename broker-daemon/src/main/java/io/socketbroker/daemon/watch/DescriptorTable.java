package io.socketbroker.daemon.watch;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The owner of every brokered descriptor, by slot. */
public final class DescriptorTable implements AutoCloseable {
    private final List<@Nullable OwnedFd> bySlot = new ArrayList<>();

    /** Takes ownership. */
    public void bind(Slot slot, OwnedFd descriptor) {
        while (bySlot.size() <= slot.index()) {
            bySlot.add(null);
        }
        if (bySlot.get(slot.index()) != null) {
            throw new IllegalStateException(slot + " has a descriptor");
        }
        bySlot.set(slot.index(), descriptor);
    }

    /** Borrowed: the table stays the owner. */
    public Fd at(Slot slot) {
        return owned(slot).fd();
    }

    /** A duplicate for somebody else. */
    public OwnedFd duplicate(Slot slot) {
        return owned(slot).duplicate();
    }

    /** Gives ownership to the caller; the slot is free. */
    public OwnedFd unbind(Slot slot) {
        OwnedFd descriptor = owned(slot);
        bySlot.set(slot.index(), null);
        return descriptor;
    }

    /** The first slot with a descriptor from this one on. */
    public Optional<Slot> firstFrom(int index) {
        for (int i = index; i < bySlot.size(); i++) {
            if (bySlot.get(i) != null) {
                return Optional.of(new Slot(i));
            }
        }
        return Optional.empty();
    }

    private OwnedFd owned(Slot slot) {
        OwnedFd descriptor = slot.index() < bySlot.size() ? bySlot.get(slot.index()) : null;
        if (descriptor == null) {
            throw new IllegalStateException(slot + " has no descriptor");
        }
        return descriptor;
    }

    @Override
    public void close() {
        for (OwnedFd descriptor : bySlot) {
            if (descriptor != null) {
                descriptor.close();
            }
        }
        bySlot.clear();
    }
}
