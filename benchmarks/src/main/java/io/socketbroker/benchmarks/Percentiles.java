package io.socketbroker.benchmarks;

import java.util.Arrays;

/** Durations of one contender, in nanoseconds. */
final class Percentiles {
    private long[] samples = new long[1_024];
    private int count;

    void add(long nanos) {
        if (count == samples.length) {
            samples = Arrays.copyOf(samples, count * 2);
        }
        samples[count++] = nanos;
    }

    int count() {
        return count;
    }

    /** In microseconds; 0 &lt; fraction &lt; 1. */
    double micros(double fraction) {
        long[] sorted = Arrays.copyOf(samples, count);
        Arrays.sort(sorted);
        return sorted[Math.clamp((int) Math.ceil(fraction * count) - 1, 0, count - 1)] / 1_000.0;
    }
}
