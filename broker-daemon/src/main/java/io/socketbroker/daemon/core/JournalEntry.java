package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.store.v1.StoredActivation;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.time.Instant;

/** One change of what must outlive the broker's process. */
public sealed interface JournalEntry {
    /** A task is registered, or replaced. */
    record TaskPut(TaskName name, TaskSpec spec, Instant registeredAt) implements JournalEntry {}

    /** A task is gone. */
    record TaskRemoved(TaskName name) implements JournalEntry {}

    /**
     * A socket is with the broker, or changed.
     *
     * <p>One in state DEPOSITED without a listener is a transfer that is promised with the commit: a journal that cannot
     * write refuses it, while it keeps changes of the others as far as it can.
     *
     * @param generation in the record
     * @param activationId in the record's lease, 0 without one
     * @param isTransfer it is such a promise
     * @param record a StoredSocket as a whole, not a difference
     */
    record SocketPut(SocketName name, long generation, long activationId, boolean isTransfer, ByteString record)
            implements JournalEntry {
        /** The same of a message. */
        public SocketPut(SocketName name, StoredSocket stored) {
            this(
                    name,
                    stored.getGeneration(),
                    stored.getLease().getActivationId(),
                    stored.getState() == SocketState.SOCKET_STATE_DEPOSITED
                            && stored.getListenerId().isEmpty(),
                    stored.toByteString());
        }

        /** The record as a message. */
        public StoredSocket stored() {
            return Views.parsed(StoredSocket.parser(), record);
        }
    }

    /** A socket has left the broker. */
    record SocketRemoved(SocketName name) implements JournalEntry {}

    /**
     * An activation has started, or ended.
     *
     * @param stored as a whole; replaces what was stored of the same id
     */
    record ActivationPut(StoredActivation stored) implements JournalEntry {}
}
