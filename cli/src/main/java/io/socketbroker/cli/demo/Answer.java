package io.socketbroker.cli.demo;

import java.util.Arrays;

/** A handler's line of "name=value" words, and how long it took. */
record Answer(String text, long millis) {

    String value(String name) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> word.startsWith(name + "="))
                .map(word -> word.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    long pid() {
        var digits = value("pid");
        return digits.isEmpty() ? -1 : Long.parseLong(digits);
    }
}
