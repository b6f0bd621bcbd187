package io.socketbroker.configuration;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of numbers, sizes and times. Stateless. */
final class Numbers {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final Map<String, Integer> SIZE_BITS = Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    private Numbers() {}

    /** A whole number. */
    static Form<Integer> count(int least, int most) {
        return Forms.simple(
                "number",
                least + " to " + most,
                value -> {
                    long number = (Long) value;
                    Forms.require(number >= least && number <= most);
                    return (int) number;
                },
                String::valueOf);
    }

    /** "64KiB", or a number of bytes. */
    static Form<Long> size(long least, long most) {
        return Forms.simple(
                "size",
                shown(least) + " to " + shown(most) + ", as in \"64KiB\"",
                value -> {
                    long bytes = value instanceof Long plain ? plain : bytes((String) value);
                    Forms.require(bytes >= least && bytes <= most);
                    return bytes;
                },
                bytes -> TomlText.quoted(shown(bytes)));
    }

    private static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        Forms.require(matcher.matches());
        return Long.parseLong(matcher.group(1)) << SIZE_BITS.getOrDefault(matcher.group(2), 0);
    }

    private static String shown(long bytes) {
        if (bytes != 0 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes != 0 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes != 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }

    /** "250ms", "30s", "5m", "2h", "7d". */
    static Form<Duration> time(Duration least, Duration most) {
        return Forms.simple(
                "duration",
                shown(least) + " to " + shown(most) + ", as in \"30s\"",
                value -> {
                    Duration time = time((String) value);
                    Forms.require(time.compareTo(least) >= 0 && time.compareTo(most) <= 0);
                    return time;
                },
                time -> TomlText.quoted(shown(time)));
    }

    private static Duration time(String text) {
        Matcher matcher = TIME.matcher(text);
        Forms.require(matcher.matches());
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** In the largest unit that divides it. */
    static String shown(Duration time) {
        long millis = time.toMillis();
        if (millis == 0 || millis % 1_000 != 0) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** Of a hundred; 0 is no bound. */
    static Form<Double> percent() {
        return Forms.simple(
                "percentage",
                "0 to 100",
                value -> {
                    double percent = ((Number) value).doubleValue();
                    Forms.require(percent >= 0 && percent <= 100);
                    return percent;
                },
                percent -> BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString());
    }

    /** Permissions of a file, in octal digits. */
    static Form<Integer> mode() {
        return Forms.simple(
                "octal permissions",
                "\"0000\" to \"0777\"",
                value -> {
                    Forms.require(((String) value).matches("0?[0-7]{3}"));
                    return Integer.parseInt((String) value, 8);
                },
                mode -> TomlText.quoted(String.format("%04o", mode)));
    }
}
