package io.socketbroker.benchmarks.harness;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Text of RFC 8259 for maps, lists, strings and numbers. */
final class Json {
    private static final int FIRST_PRINTABLE = 0x20;

    private Json() {}

    /**
     * One value.
     *
     * @throws IllegalArgumentException for any other type
     */
    static String of(Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> text(String.valueOf(entry.getKey())) + ": " + of(entry.getValue()))
                        .collect(Collectors.joining(",\n", "{\n", "\n}"));
            case List<?> list -> list.stream().map(Json::of).collect(Collectors.joining(", ", "[", "]"));
            case Double number -> String.format(Locale.ROOT, "%.3f", number);
            case Number number -> number.toString();
            case String string -> text(string);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        };
    }

    private static String text(String string) {
        StringBuilder text = new StringBuilder("\"");
        string.chars().forEach(character -> {
            if (character == '"' || character == '\\') {
                text.append('\\').append((char) character);
            } else if (character < FIRST_PRINTABLE) {
                text.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                text.append((char) character);
            }
        });
        return text.append('"').toString();
    }
}
