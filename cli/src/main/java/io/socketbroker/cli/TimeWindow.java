package io.socketbroker.cli;

import io.socketbroker.client.WakeConditions;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A time of the day, for example "08:00-18:00,mon-fri,Europe/Berlin".
 *
 * @param days on which it starts; empty means every day
 * @param zone empty means the broker's host's
 */
record TimeWindow(LocalTime start, LocalTime end, Set<DayOfWeek> days, Optional<ZoneId> zone) {

    private static final Pattern TIMES = Pattern.compile("((?:[01]\\d|2[0-3]):[0-5]\\d)-((?:[01]\\d|2[0-3]):[0-5]\\d)");
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    /** Reads a window. */
    static TimeWindow parse(String text) {
        var parts = List.of(text.split(",", -1));
        var times = TIMES.matcher(parts.getFirst());
        if (!times.matches()) {
            throw wrong(text, "write HH:MM-HH:MM, as in 08:00-18:00,mon-fri");
        }
        var days = EnumSet.noneOf(DayOfWeek.class);
        Optional<ZoneId> zone = Optional.empty();
        for (var part : parts.subList(1, parts.size())) {
            var named = days(part);
            if (zone.isPresent()) {
                throw wrong(text, "the time zone comes last, and days are " + String.join(", ", DAYS));
            }
            if (named.isEmpty()) {
                zone = Optional.of(zone(text, part));
            } else {
                days.addAll(named);
            }
        }
        return new TimeWindow(LocalTime.parse(times.group(1)), LocalTime.parse(times.group(2)), days, zone);
    }

    /** "mon" or "fri-mon"; empty if it is none of these. */
    private static Set<DayOfWeek> days(String text) {
        var ends = text.toLowerCase(Locale.ROOT).split("-", -1);
        int first = DAYS.indexOf(ends[0]);
        int last = DAYS.indexOf(ends[ends.length - 1]);
        if (ends.length > 2 || first < 0 || last < 0) {
            return Set.of();
        }
        var days = EnumSet.of(DayOfWeek.of(first + 1));
        for (int day = first; day != last; ) {
            day = (day + 1) % DAYS.size();
            days.add(DayOfWeek.of(day + 1));
        }
        return days;
    }

    private static ZoneId zone(String text, String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw wrong(text, "'" + name + "' is no day (mon to sun, mon-fri) and no time zone (Europe/Berlin)");
        }
    }

    private static TypeConversionException wrong(String text, String why) {
        return new TypeConversionException("'" + text + "': " + why);
    }

    WakeConditions over(WakeConditions former) {
        return zone.map(known -> former.withTimeWindow(start, end, days, known))
                .orElseGet(() -> former.withTimeWindow(start, end, days));
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<TimeWindow> {
        @Override
        public TimeWindow convert(String text) {
            return parse(text);
        }
    }
}
