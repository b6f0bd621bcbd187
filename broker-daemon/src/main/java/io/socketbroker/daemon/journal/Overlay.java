package io.socketbroker.daemon.journal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes that could not be written: the latest of each record, in the order of their last change. Only the journal thread
 * has it.
 */
final class Overlay {
    private final long mostBytes;
    private final Map<RecordKey, Change> latest = new LinkedHashMap<>();
    private long bytes;

    Overlay(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * False if there is no room for it; the former change of that record is then still there. The history gets a part of
     * the room only, for it is the least that is lost.
     */
    boolean put(Change change) {
        Change former = latest.get(change.key());
        long grown = bytes + weight(change) - (former == null ? 0 : weight(former));
        if (grown > (change.key().family() == Family.ACTIVATIONS ? mostBytes / 4 : mostBytes)) {
            return false;
        }
        bytes = grown;
        latest.remove(change.key());
        latest.put(change.key(), change);
        return true;
    }

    private static long weight(Change change) {
        return (long) change.weight() + change.key().bytes().size();
    }

    boolean isEmpty() {
        return latest.isEmpty();
    }

    int size() {
        return latest.size();
    }

    long bytes() {
        return bytes;
    }

    /** To be written together, so that the store is as it was at one moment. */
    Collection<Change> changes() {
        return latest.values();
    }

    void clear() {
        latest.clear();
        bytes = 0;
    }
}
