package io.socketbroker.daemon.core;

import java.util.Arrays;

/**
 * A hash table of slots that has no object for an entry: 4 bytes for each place, of which a third to two thirds are taken.
 * Linear probing; what is removed is closed up, so that a search never crosses the dead. Only the table that owns it knows
 * what two slots have in common.
 */
final class SlotIndex {
    private static final int FEWEST = 16;
    private static final int EMPTY = 0;

    private final Hashes hashes;

    /** Slot plus one. */
    private int[] places = new int[FEWEST];

    private int size;

    /** The hash of what a slot is found by. */
    interface Hashes {
        int of(int slot);
    }

    /** Whether a slot is the one that is looked for. */
    interface Match<K> {
        boolean is(int slot, K key);
    }

    SlotIndex(Hashes hashes) {
        this.hashes = hashes;
    }

    /** The slot, or -1. */
    <K> int find(int hash, K key, Match<K> match) {
        int mask = places.length - 1;
        for (int i = hash & mask; places[i] != EMPTY; i = (i + 1) & mask) {
            if (match.is(places[i] - 1, key)) {
                return places[i] - 1;
            }
        }
        return -1;
    }

    /** One that is not there yet. */
    void add(int slot) {
        if (3 * (size + 1) > 2 * places.length) {
            resize(2 * places.length);
        }
        place(slot);
        size++;
    }

    private void place(int slot) {
        int mask = places.length - 1;
        int i = hashes.of(slot) & mask;
        while (places[i] != EMPTY) {
            i = (i + 1) & mask;
        }
        places[i] = slot + 1;
    }

    /** One that is there, while its hash is still what it was. */
    void remove(int slot) {
        int mask = places.length - 1;
        int hole = hashes.of(slot) & mask;
        while (places[hole] != slot + 1) {
            if (places[hole] == EMPTY) {
                throw new IllegalStateException("slot " + slot + " is not in the index");
            }
            hole = (hole + 1) & mask;
        }
        for (int i = (hole + 1) & mask; places[i] != EMPTY; i = (i + 1) & mask) {
            int home = hashes.of(places[i] - 1) & mask;
            // It may move back to the hole unless its home lies between the two.
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                places[hole] = places[i];
                hole = i;
            }
        }
        places[hole] = EMPTY;
        size--;
        if (places.length > FEWEST && 8 * size < places.length) {
            resize(places.length / 2);
        }
    }

    private void resize(int length) {
        int[] former = places;
        places = new int[length];
        Arrays.stream(former).filter(place -> place != EMPTY).forEach(place -> place(place - 1));
    }
}
