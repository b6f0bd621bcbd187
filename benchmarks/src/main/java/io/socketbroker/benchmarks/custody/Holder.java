package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
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
    void put(int number, OwnedFd socket, long cookie);

    /**
     * As put, for up to 253 numbers in a row, in one message where that is possible.
     *
     * @param cookies of as many sockets
     */
    default void putAll(int first, List<OwnedFd> sockets, List<Long> cookies) {
        for (int i = 0; i < sockets.size(); i++) {
            put(first + i, sockets.get(i), cookies.get(i));
        }
    }

    /** As putAll, by the quickest way that there is: what is not measured. */
    default void fill(int first, List<OwnedFd> sockets, List<Long> cookies) {
        putAll(first, sockets, cookies);
    }

    /** Makes it let go of numbers that it holds. */
    void drop(List<Integer> numbers);

    /** Gets one back, which the holder has let go of then. The caller's. */
    default OwnedFd take(int number, long cookie) {
        throw new InvalidRunException("who holds " + number + " gives nothing back");
    }

    /**
     * Asks it.
     *
     * @param cookies of everything that it should hold, by number
     * @throws InvalidRunException if it does not
     */
    void verify(List<Long> cookies);

    /** Of descriptors. */
    static List<Fd> fds(List<OwnedFd> sockets) {
        return sockets.stream().map(OwnedFd::fd).toList();
    }

    @Override
    void close();
}
