package io.socketbroker.benchmarks.harness;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * A finished table.
 *
 * @param rows by their names, in the order of their first turns; at least one
 */
record TableData(String title, Unit unit, Map<String, Runs> rows) {
    /** The row that the others are compared with: the first floor, else the first row. */
    Runs reference() {
        return rows.values().stream()
                .filter(runs -> runs.role() == Role.FLOOR)
                .findFirst()
                .orElseGet(() -> rows.values().iterator().next());
    }

    /** Of medians, to the reference; empty if that is zero. */
    OptionalDouble ratio(Runs runs) {
        return reference().median() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(runs.median() / reference().median());
    }

    /** Of the 99th percentiles; empty also if one of them has too few values. */
    OptionalDouble tailRatio(Runs runs) {
        OptionalDouble own = runs.percentile(99);
        OptionalDouble other = reference().percentile(99);
        return own.isEmpty() || other.isEmpty() || other.getAsDouble() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(own.getAsDouble() / other.getAsDouble());
    }
}
