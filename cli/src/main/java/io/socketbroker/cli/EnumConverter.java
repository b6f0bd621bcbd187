package io.socketbroker.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads values of the protocol by the words of {@link Words#word}: "per-connection" for ACCEPT_MODE_PER_CONNECTION. */
abstract class EnumConverter<E extends Enum<E>> implements ITypeConverter<E> {

    private final String prefix;
    private final List<E> values;

    /** For all values but UNSPECIFIED and UNRECOGNIZED. */
    EnumConverter(Class<E> type, String prefix) {
        this.prefix = prefix;
        this.values = Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().startsWith(prefix))
                .filter(value -> !word(value).isEmpty())
                .toList();
    }

    private String word(E value) {
        return Words.word(value, prefix);
    }

    @Override
    public E convert(String text) {
        return values.stream()
                .filter(value -> word(value).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not " + choices()));
    }

    private String choices() {
        var words = values.stream().map(this::word).toList();
        return String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }
}
