package io.socketbroker.configuration;

import java.util.Optional;

/**
 * One key of the configuration. Immutable; the constants of each concern's class are the only ones, and compared by identity.
 *
 * @param <T> the type of its value
 */
final class Key<T> {
    private final String name;
    private final Form<T> form;
    private final Optional<T> defaultValue;
    private final String defaultText;
    private final String meaning;
    private final boolean restart;

    private Key(
            String name, Form<T> form, Optional<T> defaultValue, String defaultText, String meaning, boolean restart) {
        this.name = name;
        this.form = form;
        this.defaultValue = defaultValue;
        this.defaultText = defaultText;
        this.meaning = meaning;
        this.restart = restart;
    }

    /** A key with a value of its own when nobody says anything. */
    static <T> Key<T> of(String name, Form<T> form, T defaultValue, String meaning) {
        return new Key<>(name, form, Optional.of(defaultValue), form.write(defaultValue), meaning, false);
    }

    /**
     * A key that may be left out.
     *
     * @param otherwise what that means
     */
    static <T> Key<T> optional(String name, Form<T> form, String otherwise, String meaning) {
        return new Key<>(name, form, Optional.empty(), otherwise, meaning, false);
    }

    /** A key that may not be left out. */
    static <T> Key<T> required(String name, Form<T> form, String meaning) {
        return new Key<>(name, form, Optional.empty(), "", meaning, false);
    }

    /** The same, but another value counts only after a restart. */
    Key<T> needingRestart() {
        return new Key<>(name, form, defaultValue, defaultText, meaning, true);
    }

    String name() {
        return name;
    }

    Form<T> form() {
        return form;
    }

    Optional<T> defaultValue() {
        return defaultValue;
    }

    /** For people; empty if the key is required. */
    String defaultText() {
        return defaultText;
    }

    String meaning() {
        return meaning;
    }

    boolean isRequired() {
        return defaultText.isEmpty();
    }

    boolean needsRestart() {
        return restart;
    }
}
