package io.socketbroker.benchmarks.harness;

/** What the values of a table are, and how they are shown. Values are whole numbers of the base: nanoseconds, bytes, or one. */
public enum Unit {
    /** Of nanoseconds. */
    MICROSECONDS("us", 1_000.0),
    /** Of nanoseconds. */
    MILLISECONDS("ms", 1_000_000.0),
    /** As they are. */
    BYTES("B", 1.0),
    /** Of bytes. */
    MEBIBYTES("MiB", 1024.0 * 1024.0),
    /** As they are: more is better. */
    PER_SECOND("1/s", 1.0),
    /** Of thousandths. */
    THOUSANDTHS("", 1_000.0);

    private final String symbol;
    private final double base;

    Unit(String symbol, double base) {
        this.symbol = symbol;
        this.base = base;
    }

    /** For headings; empty for plain numbers. */
    String symbol() {
        return symbol;
    }

    /** A value as it is shown. */
    double shown(double value) {
        return value / base;
    }
}
