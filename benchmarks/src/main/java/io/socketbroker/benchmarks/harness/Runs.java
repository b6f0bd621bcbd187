package io.socketbroker.benchmarks.harness;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/** All turns of one row. Microseconds, with three significant digits. */
final class Runs {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MICRO = 1_000.0;

    private final Histogram all = new Histogram(SIGNIFICANT_DIGITS);
    private long[] mediansNanos = {};
    private int[] messages = {};

    void add(Measured turn) {
        Histogram alone = new Histogram(SIGNIFICANT_DIGITS);
        turn.nanos().forEach(alone::recordValue);
        all.add(alone);
        mediansNanos = append(mediansNanos, alone.getValueAtPercentile(50));
        messages = Arrays.copyOf(messages, messages.length + 1);
        messages[messages.length - 1] = turn.messages();
    }

    private static long[] append(long[] to, long value) {
        long[] longer = Arrays.copyOf(to, to.length + 1);
        longer[to.length] = value;
        return longer;
    }

    /** Turns that were counted. */
    int count() {
        return mediansNanos.length;
    }

    /** Durations of all turns. */
    long samples() {
        return all.getTotalCount();
    }

    /**
     * Of all turns together.
     *
     * @param percentile above 0, at most 100
     */
    double micros(double percentile) {
        return all.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }

    /** The median of the quickest turn. */
    double lowestMedianMicros() {
        return LongStream.of(mediansNanos).min().orElseThrow() / NANOS_PER_MICRO;
    }

    /** The median of the slowest turn. */
    double highestMedianMicros() {
        return LongStream.of(mediansNanos).max().orElseThrow() / NANOS_PER_MICRO;
    }

    /** Fewest and most messages of a turn; empty where nobody counted them. */
    List<Integer> messages() {
        int least = Arrays.stream(messages).min().orElse(0);
        return least == 0
                ? List.of()
                : List.of(least, Arrays.stream(messages).max().orElseThrow());
    }
}
