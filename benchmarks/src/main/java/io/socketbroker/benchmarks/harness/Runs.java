package io.socketbroker.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/** All turns of one row, with three significant digits. For one thread. */
final class Runs {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double WHOLE = 100.0;

    private final Role role;
    private final Histogram all = new Histogram(SIGNIFICANT_DIGITS);
    private final List<Long> medians = new ArrayList<>();
    private final List<Integer> messages = new ArrayList<>();

    Runs(Role role) {
        this.role = role;
    }

    void add(Measured turn) {
        Histogram alone = new Histogram(SIGNIFICANT_DIGITS);
        turn.values().forEach(alone::recordValue);
        all.add(alone);
        medians.add(alone.getValueAtPercentile(50));
        messages.add(turn.messages());
    }

    Role role() {
        return role;
    }

    /** Turns that were counted. */
    int count() {
        return medians.size();
    }

    /** Values of all turns. */
    long samples() {
        return all.getTotalCount();
    }

    /** The median of each turn. */
    List<Long> medians() {
        return List.copyOf(medians);
    }

    /** Of all turns together. */
    double median() {
        return all.getValueAtPercentile(50);
    }

    /**
     * Of all turns together.
     *
     * @param percentile above 50, at most 100
     * @return empty if there are not so many values that at least one is above it
     */
    OptionalDouble percentile(double percentile) {
        return samples() * (WHOLE - percentile) >= WHOLE
                ? OptionalDouble.of((double) all.getValueAtPercentile(percentile))
                : OptionalDouble.empty();
    }

    /** The largest value. */
    double maximum() {
        return all.getMaxValue();
    }

    /** Messages of each turn; empty where nobody counted them. */
    List<Integer> messages() {
        return messages.contains(0) ? List.of() : List.copyOf(messages);
    }
}
