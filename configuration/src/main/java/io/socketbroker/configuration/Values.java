package io.socketbroker.configuration;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The values of one table, each with where it comes from. Immutable to all but the reader that fills it. */
final class Values {
    private final Section section;
    private final Origin origin;
    private final Map<Key<?>, Given<?>> given = new HashMap<>();

    /** A value that somebody said. */
    private record Given<T>(T value, Origin origin) {}

    Values(Section section, Origin origin) {
        this.section = section;
        this.origin = origin;
    }

    Section section() {
        return section;
    }

    /** Of the table's header. */
    Origin origin() {
        return origin;
    }

    <T> void put(Key<T> key, T value, Origin from) {
        given.put(key, new Given<>(value, from));
    }

    /** The same with another value. */
    <T> Values with(Key<T> key, T value, Origin from) {
        Values changed = new Values(section, origin);
        changed.given.putAll(given);
        changed.put(key, value, from);
        return changed;
    }

    /** The value of a key, or its default; empty if it has neither. */
    <T> Optional<T> find(Key<T> key) {
        return said(key).or(key::defaultValue);
    }

    /** What somebody said. */
    <T> Optional<T> said(Key<T> key) {
        @SuppressWarnings("unchecked") // put keeps key and value of one type
        Given<T> value = (Given<T>) given.get(key);
        return Optional.ofNullable(value).map(Given::value);
    }

    /** Of a key with a default, or of a required one once the reader has found no problem. */
    <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new IllegalStateException(key.name() + " has no value"));
    }

    boolean has(Key<?> key) {
        return given.containsKey(key);
    }

    Origin origin(Key<?> key) {
        Given<?> value = given.get(key);
        return value == null ? Origin.DEFAULT : value.origin();
    }
}
