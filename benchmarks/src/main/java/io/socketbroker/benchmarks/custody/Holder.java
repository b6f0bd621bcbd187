package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.Fd;
import java.time.Duration;
import java.util.List;

/** Somebody who holds descriptors for others, by number. For one thread; every wait ends after {@link #PATIENCE}. */
interface Holder extends AutoCloseable {
    /** Beyond any result that is of interest. */
    Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * Hands over a duplicate, and returns when the holder has said that it has it.
     *
     * @param number not held now
     * @param cookie of the socket
     */
    void put(int number, Fd socket, long cookie);

    /** As put, by the quickest way that there is: what is not measured. */
    default void fill(int number, Fd socket, long cookie) {
        put(number, socket, cookie);
    }

    /** Makes it let go of numbers that it holds. */
    void drop(List<Integer> numbers);

    /**
     * Asks it.
     *
     * @param cookies of everything that it should hold, by number
     * @throws io.socketbroker.benchmarks.harness.InvalidRunException if it does not
     */
    void verify(List<Long> cookies);

    @Override
    void close();
}
