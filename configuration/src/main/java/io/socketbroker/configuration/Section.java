package io.socketbroker.configuration;

import java.util.List;

/**
 * The keys of one table. Immutable.
 *
 * @param name as in "[limits]" or "[[task]]"
 * @param repeated whether it is an array of tables
 * @param about for the reference
 * @param keys in the order of the reference
 */
record Section(String name, boolean repeated, String about, List<Key<?>> keys) {
    String header() {
        return repeated ? "[[" + name + "]]" : "[" + name + "]";
    }
}
