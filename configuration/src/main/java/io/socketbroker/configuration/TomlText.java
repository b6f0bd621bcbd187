package io.socketbroker.configuration;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TOML 1.0 as plain Java values: String, Long, Double, Boolean, List and Map. Stateless. */
final class TomlText {
    private static final TomlFactory FACTORY = new TomlFactory();
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private TomlText() {}

    /** What the text is not. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;

        SyntaxException(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    /**
     * Reads a document.
     *
     * @throws SyntaxException if it is no TOML
     */
    static Map<String, Object> parse(String text) throws SyntaxException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            return table(parser);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            throw new SyntaxException(line, e.getOriginalMessage());
        } catch (IOException e) {
            throw new SyntaxException(1, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> table(JsonParser parser) throws IOException {
        Map<String, Object> table = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            table.put(key, value(parser));
        }
        return table;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> table(parser);
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> parser.getText();
        };
    }

    /** No key takes more than a long, so that the nearest one is as wrong as the number itself. */
    private static Long integer(BigInteger value) {
        return value.min(LARGEST).max(LARGEST.negate()).longValue();
    }

    /** A basic string (TOML 1.0, section String). */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7F) {
                        quoted.append(String.format("\\u%04X", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
