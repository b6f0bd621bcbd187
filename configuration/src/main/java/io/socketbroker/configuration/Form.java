package io.socketbroker.configuration;

/**
 * How the value of a key is written. Implementations are immutable.
 *
 * @param <T> the value's type
 */
interface Form<T> {
    /**
     * The value of what TOML has: a String, Long, Double, Boolean, List or Map.
     *
     * @throws IllegalArgumentException if it is none, with what is wrong as its message, or with an empty one
     */
    T read(Object value);

    /** Back to TOML. */
    String write(T value);

    /** For the reference: "duration", "size". */
    String type();

    /** For the reference, and behind "write" in an error: "100ms to 1h". */
    String range();

    /** What to write instead. */
    default String allowed() {
        return type() + (range().isEmpty() ? "" : ", " + range());
    }

    /** One that is not there. */
    static IllegalArgumentException wrong() {
        return new IllegalArgumentException("");
    }
}
