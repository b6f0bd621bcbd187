package io.socketbroker.configuration;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The forms of values that are not numbers. Stateless. */
final class Forms {
    static final Form<Boolean> FLAG = simple("true or false", "", value -> (Boolean) value, String::valueOf);

    /** Of tasks. */
    static final Form<String> NAME =
            text("name", "1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'", Pattern.compile("[A-Za-z0-9._-]{1,128}"));

    /** Of sockets. */
    static final Form<String> SOCKET_ID =
            text("id", "1 to 255 printable ASCII characters without spaces", Pattern.compile("[\\x21-\\x7e]{1,255}"));

    static final Form<Path> PATH = simple(
            "absolute path",
            "",
            value -> {
                String text = (String) value;
                require(text.startsWith("/") && text.indexOf('\0') < 0);
                return Path.of(text).normalize();
            },
            path -> TomlText.quoted(path.toString()));

    private static final String HEX = "hex:";

    private Forms() {}

    /** A form of one type of TOML: the function throws ClassCastException for another. */
    static <T> Form<T> simple(String type, String range, Function<Object, T> reader, Function<T, String> writer) {
        return new Form<>() {
            @Override
            public T read(Object value) {
                try {
                    return reader.apply(value);
                } catch (ClassCastException _) {
                    throw Form.wrong();
                }
            }

            @Override
            public String write(T value) {
                return writer.apply(value);
            }

            @Override
            public String type() {
                return type;
            }

            @Override
            public String range() {
                return range;
            }
        };
    }

    static void require(boolean holds) {
        if (!holds) {
            throw Form.wrong();
        }
    }

    static Form<String> text(String type, String range, Pattern pattern) {
        return simple(
                type,
                range,
                value -> {
                    require(pattern.matcher((String) value).matches());
                    return (String) value;
                },
                TomlText::quoted);
    }

    /** One of some words. */
    static <T> Form<T> word(Map<String, T> words) {
        String all = words.keySet().stream().map(TomlText::quoted).collect(Collectors.joining(", "));
        return simple(
                "word",
                all,
                value -> {
                    T meant = words.get((String) value);
                    if (meant == null) {
                        throw new IllegalArgumentException(Nearest.to((String) value, words.keySet())
                                .map(guess -> "did you mean " + TomlText.quoted(guess) + "?")
                                .orElse(""));
                    }
                    return meant;
                },
                value -> words.entrySet().stream()
                        .filter(word -> word.getValue().equals(value))
                        .map(word -> TomlText.quoted(word.getKey()))
                        .findFirst()
                        .orElse("\"\""));
    }

    /** A list of some form. */
    static <T> Form<List<T>> list(Form<T> form, int least, int most) {
        return simple(
                "list: " + form.type(),
                (form.range().isEmpty() ? "" : form.range() + "; ")
                        + (least == 0 ? "at most " + most : least + " to " + most),
                value -> {
                    List<T> all = new ArrayList<>();
                    for (Object item : (List<?>) value) {
                        all.add(form.read(item));
                    }
                    require(all.size() >= least && all.size() <= most);
                    return List.copyOf(all);
                },
                all -> all.stream().map(form::write).collect(Collectors.joining(", ", "[", "]")));
    }

    /** Strings without NUL, such as those of a command. */
    static Form<String> string() {
        return simple(
                "string",
                "",
                value -> {
                    require(((String) value).indexOf('\0') < 0);
                    return (String) value;
                },
                TomlText::quoted);
    }

    /** Bytes: the string in UTF-8, or "hex:" and pairs of digits. */
    static Form<ByteString> bytes(int most) {
        return simple(
                "bytes",
                "a string, or \"hex:0d0a\"; at most " + most,
                value -> {
                    String text = (String) value;
                    ByteString bytes = text.startsWith(HEX)
                            ? ByteString.copyFrom(HexFormat.of().parseHex(text.substring(HEX.length())))
                            : ByteString.copyFromUtf8(text);
                    require(bytes.size() <= most);
                    return bytes;
                },
                Forms::written);
    }

    private static String written(ByteString bytes) {
        String text = bytes.toString(StandardCharsets.UTF_8);
        boolean plain = bytes.isValidUtf8() && !text.startsWith(HEX);
        return TomlText.quoted(plain ? text : HEX + HexFormat.of().formatHex(bytes.toByteArray()));
    }

    /** A table of strings. */
    static Form<Map<String, String>> strings(int most) {
        return simple(
                "table of strings",
                "at most " + most + "; names neither empty nor with '='",
                value -> {
                    Map<String, String> all = new LinkedHashMap<>();
                    ((Map<?, ?>) value).forEach((name, text) -> {
                        require(!((String) name).isEmpty() && ((String) name).indexOf('=') < 0);
                        all.put((String) name, string().read(text));
                    });
                    require(all.size() <= most);
                    return Map.copyOf(all);
                },
                all -> all.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> TomlText.quoted(entry.getKey()) + " = " + TomlText.quoted(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}")));
    }
}
