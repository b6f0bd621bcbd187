package io.socketbroker.linux;

import java.util.Arrays;

/**
 * The owner of many descriptors, each at an index from 0: 4 bytes for one, where {@link OwnedFd} has an object. Not
 * thread-safe.
 */
public final class OwnedFds implements AutoCloseable {
    private static final int NONE = -1;
    private static final int FEWEST = 16;

    private int[] numbers = {};

    /** Whether there is a descriptor at this index. */
    public boolean has(int index) {
        return index < numbers.length && numbers[index] != NONE;
    }

    /**
     * Takes ownership; the giver's object counts as released.
     *
     * @throws IllegalStateException if there is one at this index already, or the giver does not own it any more
     */
    public void put(int index, OwnedFd descriptor) {
        if (has(index)) {
            throw new IllegalStateException("index " + index + " has a descriptor");
        }
        if (index >= numbers.length) {
            int former = numbers.length;
            numbers = Arrays.copyOf(numbers, Math.max(FEWEST, Math.max(index + 1, former + former / 2)));
            Arrays.fill(numbers, former, numbers.length, NONE);
        }
        numbers[index] = descriptor.release();
        OwnedFdRegistry.kept();
    }

    /**
     * On loan, as long as it stays here.
     *
     * @throws IllegalStateException if there is none at this index
     */
    public Fd at(int index) {
        if (!has(index)) {
            throw new IllegalStateException("index " + index + " has no descriptor");
        }
        return new Fd(numbers[index]);
    }

    /**
     * Gives ownership to the caller.
     *
     * @throws IllegalStateException if there is none at this index
     */
    public OwnedFd take(int index) {
        Fd fd = at(index);
        numbers[index] = NONE;
        OwnedFdRegistry.letGo();
        return OwnedFd.own(fd.number());
    }

    /** The first index with a descriptor that is not below this one, or -1. */
    public int nextFrom(int index) {
        for (int i = index; i < numbers.length; i++) {
            if (numbers[i] != NONE) {
                return i;
            }
        }
        return -1;
    }

    /** Closes all. */
    @Override
    public void close() {
        for (int i = nextFrom(0); i >= 0; i = nextFrom(i + 1)) {
            take(i).close();
        }
        numbers = new int[0];
    }
}
