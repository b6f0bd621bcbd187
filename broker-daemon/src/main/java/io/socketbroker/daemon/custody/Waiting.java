package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.vault.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts that no frame carries, because the vault is away: the next refill makes them safe. On the conductor thread. */
final class Waiting {
    private final Map<Entry, List<PendingPut>> puts = new HashMap<>();
    private int size;

    void add(Entry entry, PendingPut put) {
        puts.computeIfAbsent(entry, _ -> new ArrayList<>(1)).add(put);
        size++;
    }

    /** How many sockets wait. */
    int size() {
        return size;
    }

    /** This socket is safe, or not wanted any more. */
    void settle(Entry entry) {
        List<PendingPut> settled = puts.isEmpty() ? null : puts.remove(entry);
        if (settled != null) {
            size -= settled.size();
            settled.forEach(PendingPut::settle);
        }
    }

    void failAll(BrokerRefusal refusal) {
        puts.values().forEach(waiting -> waiting.forEach(put -> put.fail(refusal)));
        puts.clear();
        size = 0;
    }
}
