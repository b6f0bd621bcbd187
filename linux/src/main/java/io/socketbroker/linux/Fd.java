package io.socketbroker.linux;

/**
 * A borrowed descriptor number: whoever has one may use it while its owner keeps it open, and never closes it.
 * Immutable.
 *
 * @param number the descriptor, at least 0
 */
public record Fd(int number) {

    /** Descriptor 0. */
    public static final Fd STDIN = new Fd(0);
    /** Descriptor 1. */
    public static final Fd STDOUT = new Fd(1);
    /** Descriptor 2. */
    public static final Fd STDERR = new Fd(2);

    public Fd {
        if (number < 0) {
            throw new IllegalArgumentException("a descriptor is not negative: " + number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
