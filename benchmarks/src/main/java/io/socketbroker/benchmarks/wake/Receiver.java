package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.OwnedFd;
import java.time.Duration;
import java.util.List;

/**
 * One way for a program to get sockets when something happens on them. For one thread; every wait ends after {@link
 * #PATIENCE} with an exception.
 */
interface Receiver extends AutoCloseable {
    /** Beyond any result that is of interest. */
    Duration PATIENCE = Duration.ofSeconds(20);

    /** Hands sockets over, 1 to 253, numbered from the first one on. Their owner becomes whoever watches. */
    void park(List<OwnedFd> sockets, int first);

    /** After all are parked, and before the first byte. */
    void attach();

    /**
     * Receives so many sockets, has the ledger look at each, gives them back, and returns when that is confirmed.
     *
     * @return how many messages brought them; 0 if that is not known
     */
    int work(int count);

    /** What of a wake is measured, for the table. */
    List<String> stages();

    /** When the last socket reached each stage, as System.nanoTime. */
    List<Long> reachedNanos();

    /** Of the last socket that was given back: from just before that was said until it was confirmed. */
    default long returnNanos() {
        throw new InvalidRunException("this program is not told when a socket is parked again");
    }

    /** Between turns: what a program does that is busy for long. */
    void rest();

    @Override
    void close();
}
