package io.socketbroker.configuration;

import java.util.HashMap;
import java.util.Map;

/**
 * In which line each key of a TOML document stands. Jackson reads a document whole and forgets the lines, so this walks
 * over the text once more; it expects one that Jackson took. A key inside an inline table has the line of that table. Immutable
 * once made.
 */
final class LineIndex {
    private final Map<String, Integer> lines = new HashMap<>();

    /** How many tables an array of tables has so far. */
    private final Map<String, Integer> tables = new HashMap<>();

    private final String text;
    private int at;
    private int line = 1;
    private String table = "";

    LineIndex(String text) {
        this.text = text;
        while (skipToStatement()) {
            int start = line;
            if (text.charAt(at) == '[') {
                header(start);
            } else {
                String key = table + dottedKey('=');
                lines.putIfAbsent(key, start);
                skipValue();
            }
        }
    }

    /** Of the key, or of the nearest table around it. A table of an array is "task[0]". */
    int lineOf(String path) {
        for (String key = path; !key.isEmpty(); key = key.substring(0, Math.max(0, key.lastIndexOf('.')))) {
            Integer known = lines.get(key);
            if (known != null) {
                return known;
            }
        }
        return 1;
    }

    private boolean skipToStatement() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                skipLine();
            } else if (Character.isWhitespace(c)) {
                step();
            } else {
                return true;
            }
        }
        return false;
    }

    private void header(int start) {
        boolean array = text.startsWith("[[", at);
        at += array ? 2 : 1;
        String name = withIndices(dottedKey(']'));
        if (array) {
            int index = tables.merge(name, 1, Integer::sum) - 1;
            name += "[" + index + "]";
            at++;
        }
        lines.putIfAbsent(name, start);
        table = name + ".";
    }

    /** "task.environment" behind "[[task]]" means the last of these: "task[0].environment". */
    private String withIndices(String name) {
        int dot = name.indexOf('.');
        String first = dot < 0 ? name : name.substring(0, dot);
        Integer count = tables.get(first);
        return dot < 0 || count == null ? name : first + "[" + (count - 1) + "]" + name.substring(dot);
    }

    /** Up to this character, which is skipped. */
    private String dottedKey(char end) {
        StringBuilder key = new StringBuilder();
        while (at < text.length() && text.charAt(at) != end) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                int from = at + 1;
                skipString();
                key.append(text, from, at - 1);
            } else {
                if (!Character.isWhitespace(c)) {
                    key.append(c);
                }
                step();
            }
        }
        step();
        return key.toString();
    }

    /** To the end of the line that ends the value: arrays and long strings go over several. */
    private void skipValue() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                skipString();
                continue;
            }
            if (c == '#') {
                skipLine();
                continue;
            }
            if (c == '\n' && depth == 0) {
                return;
            }
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            step();
        }
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void skipString() {
        char quote = text.charAt(at);
        String longQuote = String.valueOf(quote).repeat(3);
        String end = text.startsWith(longQuote, at) ? longQuote : String.valueOf(quote);
        at += end.length();
        while (at < text.length() && !text.startsWith(end, at)) {
            if (quote == '"' && text.charAt(at) == '\\') {
                step();
            }
            step();
        }
        at += end.length();
        // A long string may end with quotes of its own.
        while (end.length() > 1 && at < text.length() && text.charAt(at) == quote) {
            at++;
        }
    }

    private void step() {
        if (at < text.length() && text.charAt(at) == '\n') {
            line++;
        }
        at++;
    }
}
