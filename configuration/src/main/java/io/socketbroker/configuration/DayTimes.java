package io.socketbroker.configuration;

import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A time of the day, as `socketbroker task register --when-time` has it: "08:00-18:00,mon-fri,Europe/Berlin". Stateless. */
final class DayTimes {
    static final Form<TimeWindow> FORM = Forms.simple(
            "time of the day",
            "\"HH:MM-HH:MM[,DAYS][,ZONE]\", as in \"08:00-18:00,mon-fri,Europe/Berlin\"",
            value -> read((String) value),
            DayTimes::write);

    private static final String TIME = "((?:[01]\\d|2[0-3]):[0-5]\\d)";
    private static final Pattern TIMES = Pattern.compile(TIME + "-" + TIME);
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private DayTimes() {}

    private static TimeWindow read(String text) {
        String[] parts = text.split(",", -1);
        Matcher times = TIMES.matcher(parts[0]);
        Forms.require(times.matches() && !times.group(1).equals(times.group(2)));
        TimeWindow.Builder window =
                TimeWindow.newBuilder().setStart(times.group(1)).setEnd(times.group(2));
        SortedSet<Integer> days = new TreeSet<>();
        for (int i = 1; i < parts.length; i++) {
            if (!addDays(parts[i].toLowerCase(Locale.ROOT), days)) {
                Forms.require(i == parts.length - 1);
                window.setTimeZone(zone(parts[i]));
            }
        }
        return window.addAllDays(days).build();
    }

    /** "mon" or "fri-mon"; whether it is one of these. */
    private static boolean addDays(String text, SortedSet<Integer> days) {
        String[] ends = text.split("-", -1);
        int first = DAYS.indexOf(ends[0]);
        int last = DAYS.indexOf(ends[ends.length - 1]);
        if (ends.length > 2 || first < 0 || last < 0) {
            return false;
        }
        for (int day = first; day != last; day = (day + 1) % DAYS.size()) {
            days.add(day + 1);
        }
        return days.add(last + 1) || first <= last;
    }

    private static String zone(String name) {
        try {
            return ZoneId.of(name).getId();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no day and no time zone " + name, e);
        }
    }

    private static String write(TimeWindow window) {
        String days = window.getDaysList().stream()
                .map(day -> "," + DAYS.get(day - 1))
                .collect(Collectors.joining());
        String zone = window.getTimeZone().isEmpty() ? "" : "," + window.getTimeZone();
        return TomlText.quoted(window.getStart() + "-" + window.getEnd() + days + zone);
    }
}
