package io.socketbroker.benchmarks.harness;

import java.util.List;

/**
 * What one turn of a contender brought to one row of a table.
 *
 * @param role of the row, the same in each turn
 * @param row its name
 * @param values durations in nanoseconds, or what else the unit of the table says; at least one, none below zero
 * @param messages how many messages were needed; 0 where nobody counts them
 */
public record Measured(Role role, String row, List<Long> values, int messages) {

    public Measured {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new InvalidRunException(row + " measured nothing");
        }
        if (values.stream().anyMatch(value -> value < 0)) {
            throw new InvalidRunException(row + " measured less than nothing: " + values);
        }
    }

    /** Values alone. */
    public static Measured of(Role role, String row, List<Long> values) {
        return new Measured(role, row, values, 0);
    }

    /** A single value. */
    public static Measured of(Role role, String row, long value) {
        return of(role, row, List.of(value));
    }
}
