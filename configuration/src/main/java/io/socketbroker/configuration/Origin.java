package io.socketbroker.configuration;

/**
 * Where a value comes from, for people: "/etc/socketbroker/socketbroker.toml:3", "--runtime-dir" or "default". Immutable.
 *
 * @param text one line
 */
public record Origin(String text) {
    /** Nobody said anything. */
    static final Origin DEFAULT = new Origin("default");

    @Override
    public String toString() {
        return text;
    }
}
