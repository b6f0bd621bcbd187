package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/** One of those that a comparison runs in turns: ours, a rival, or the floor. */
@FunctionalInterface
public interface Contender {
    /**
     * One turn. The rows are the same, and in the same order, each time.
     *
     * @throws InvalidRunException if something went wrong
     */
    List<Measured> run() throws IOException;
}
