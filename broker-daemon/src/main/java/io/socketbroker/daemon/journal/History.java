package io.socketbroker.daemon.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import io.socketbroker.store.v1.StoredActivation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Keeps the history of activations within its bounds, a slice at a time. Only the journal thread has it. */
final class History {
    /** So many are looked at in some milliseconds. */
    private static final int SLICE = 2_000;

    private final Store store;
    private final Counters counters;
    private final Duration age;
    private final long most;

    /** None with a lower number is there. */
    private long first;

    History(Store store, Counters counters, Duration age, long most) {
        this.store = store;
        this.counters = counters;
        this.age = age;
        this.most = most;
    }

    /** A slice more than should be: it is worth a look. */
    boolean isLong() {
        return counters.activations() >= most + Math.min(SLICE, most);
    }

    /**
     * Removes the oldest, as far as they are too old or too many.
     *
     * @return whether there may be more of them
     */
    boolean trim(Instant now) {
        Slice slice = new Slice(now.minus(age).toEpochMilli(), counters.activations() - most);
        store.forEachFrom(RecordKey.ofActivation(first), slice::visit);
        if (slice.removed > 0) {
            counters.activationsRemoved(slice.ended);
            store.removeRange(
                    RecordKey.ofActivation(first),
                    RecordKey.ofActivation(slice.keptFrom),
                    List.of(counters.asChange()));
            first = slice.keptFrom;
        }
        return slice.removed == SLICE;
    }

    private static final class Slice {
        private final long oldestMillis;
        private final long tooMany;
        private int removed;
        private int ended;
        private long keptFrom;

        Slice(long oldestMillis, long tooMany) {
            this.oldestMillis = oldestMillis;
            this.tooMany = tooMany;
        }

        boolean visit(byte[] key, byte[] value) {
            StoredActivation activation = parse(value);
            if (ended >= tooMany && Timestamps.toMillis(activation.getStartedAt()) >= oldestMillis) {
                return false;
            }
            removed++;
            ended += activation.hasEndedAt() ? 1 : 0;
            keptFrom = activation.getId() + 1;
            return removed < SLICE;
        }

        private static StoredActivation parse(byte[] value) {
            try {
                return StoredActivation.parseFrom(value);
            } catch (InvalidProtocolBufferException e) {
                throw new StoreException(
                        StoreException.Problem.DAMAGED,
                        "an activation in the history cannot be read: " + e.getMessage(),
                        e);
            }
        }
    }
}
