package io.socketbroker.configuration;

import java.util.LinkedHashMap;
import java.util.Map;

/** Words and what they mean, in the order of the reference. Stateless. */
final class Words {
    private Words() {}

    static <T> Map<String, T> of(String one, T first, String two, T second) {
        Map<String, T> words = new LinkedHashMap<>();
        words.put(one, first);
        words.put(two, second);
        return words;
    }

    static <T> Map<String, T> of(String one, T first, String two, T second, String three, T third) {
        Map<String, T> words = of(one, first, two, second);
        words.put(three, third);
        return words;
    }
}
