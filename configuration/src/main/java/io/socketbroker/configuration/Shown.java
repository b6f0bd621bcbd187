package io.socketbroker.configuration;

import java.util.List;
import java.util.Map;

/** Values of a file in the text of an error: short, and on one line. Stateless. */
final class Shown {
    private static final int MOST_CHARACTERS = 60;

    private Shown() {}

    static String of(Object value) {
        String text = switch (value) {
            case String string -> TomlText.quoted(string);
            case List<?> _ -> "[...]";
            case Map<?, ?> _ -> "{...}";
            default -> String.valueOf(value);
        };
        return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "..." : text;
    }
}
