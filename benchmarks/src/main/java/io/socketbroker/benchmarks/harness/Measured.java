package io.socketbroker.benchmarks.harness;

import java.util.List;

/**
 * What one turn of a contender brought to one row of the table.
 *
 * @param row its name
 * @param nanos durations, at least one
 * @param messages how many messages were needed; 0 where nobody counts them
 */
public record Measured(String row, List<Long> nanos, int messages) {

    public Measured {
        nanos = List.copyOf(nanos);
        if (nanos.isEmpty()) {
            throw new InvalidRunException(row + " measured nothing");
        }
    }

    /** Durations alone. */
    public static Measured of(String row, List<Long> nanos) {
        return new Measured(row, nanos, 0);
    }
}
