package io.socketbroker.benchmarks.core;

import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.Recovery;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import io.socketbroker.v1.CloseCause;
import java.util.ArrayList;
import java.util.List;

/** A second broker from the records of a first one. */
final class CoreRecovery {
    private final List<StoredTask> tasks;

    /** By slot, as bytes: what a journal holds. */
    private final byte[][] records;

    private CoreRecovery(List<StoredTask> tasks, byte[][] records) {
        this.tasks = tasks;
        this.records = records;
    }

    /** Parks as many and keeps the last record of each; the broker itself is gone afterwards. */
    static CoreRecovery of(int sockets) {
        byte[][] records = new byte[sockets][];
        CoreShell former = new CoreShell(sockets);
        former.onChange(change -> {
            if (change instanceof JournalEntry.SocketPut put) {
                StoredSocket stored = put.stored();
                records[stored.getSlot()] = stored.toByteArray();
            }
        });
        former.register();
        new CoreWork(sockets, former).transfer();
        return new CoreRecovery(former.tasks(), records);
    }

    /** Of one socket's record without its key in the store. */
    long recordBytes() {
        long bytes = 0;
        for (byte[] stored : records) {
            bytes += stored.length;
        }
        return bytes / records.length;
    }

    /** What a recovery cost for each socket: nanoseconds, and bytes of heap while all records are at hand, unpacked. */
    record Cost(long nanos, long heapBytes) {}

    /** From the bytes of all records to all sockets watched again, which a wake of some of them shows. */
    Cost run() {
        CoreShell fresh = new CoreShell(records.length);
        long before = Heap.liveBytes();
        fresh.start();
        List<Recovery.Kept> kept = new ArrayList<>();
        try {
            for (int slot = 0; slot < records.length; slot++) {
                kept.add(new Recovery.Kept(new Slot(slot), StoredSocket.parseFrom(records[slot]), false));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRunException("a record cannot be read", e);
        }
        Recovery recovery = fresh.brokerage.recovery();
        recovery.numbersUsed(10L * records.length);
        recovery.tasks(tasks);
        Recovery.Outcome outcome = recovery.sockets(kept, List.of(), List.of(), CloseCause.CLOSE_CAUSE_BROKER_LOST);
        fresh.settle();
        long nanos = fresh.spentNanos() / records.length;
        long heapBytes = (Heap.liveBytes() - before) / records.length;
        if (outcome.restored() != records.length || kept.size() != records.length) {
            throw new InvalidRunException(outcome.restored() + " sockets came back of " + records.length);
        }
        new CoreWork(records.length, fresh).wakes();
        return new Cost(nanos, heapBytes);
    }
}
