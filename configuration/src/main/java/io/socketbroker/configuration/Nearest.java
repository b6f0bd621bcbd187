package io.socketbroker.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which word was meant. Stateless. */
final class Nearest {
    private Nearest() {}

    /** The word with the fewest changes of letters (Levenshtein distance), if these are not most of it. */
    static Optional<String> to(String word, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> distance(word, candidate) <= Math.max(2, candidate.length() / 2));
    }

    private static int distance(String one, String other) {
        int[] former = new int[other.length() + 1];
        for (int j = 0; j < former.length; j++) {
            former[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[former.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(former[j - 1] + change, Math.min(former[j], row[j - 1]) + 1);
            }
            former = row;
        }
        return former[other.length()];
    }
}
