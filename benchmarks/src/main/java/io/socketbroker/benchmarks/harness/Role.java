package io.socketbroker.benchmarks.harness;

import java.util.Locale;

/** What a row is in its comparison. */
public enum Role {
    /** Socket Broker. */
    OURS,
    /** A program of others. */
    RIVAL,
    /** The kernel's work alone, and the least that others could need. */
    FLOOR,
    /** A part of another row, or what explains one. */
    PART;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
