package io.socketbroker.daemon.conditions;

import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A time of the day, by what the clock on the wall shows: an hour that daylight saving repeats counts twice, one that it
 * leaves out does not come. Immutable.
 *
 * @param start belongs to the window
 * @param end does not; not after start: of the next day
 * @param days on which the window starts
 * @param zone of the clock on the wall
 */
record DayWindow(LocalTime start, LocalTime end, Set<DayOfWeek> days, ZoneId zone) {
    private static final Duration DAY = Duration.ofDays(1);
    private static final DateTimeFormatter NOW = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ENGLISH);

    /** Throws DateTimeException for what is no time, day or zone. */
    static DayWindow of(TimeWindow window) {
        Set<DayOfWeek> days = window.getDaysCount() == 0
                ? Set.of(DayOfWeek.values())
                : window.getDaysList().stream().map(DayOfWeek::of).collect(Collectors.toUnmodifiableSet());
        ZoneId zone = window.getTimeZone().isEmpty() ? ZoneId.systemDefault() : ZoneId.of(window.getTimeZone());
        return new DayWindow(LocalTime.parse(window.getStart()), LocalTime.parse(window.getEnd()), days, zone);
    }

    boolean contains(ZonedDateTime now) {
        LocalTime time = now.toLocalTime();
        boolean started = days.contains(now.getDayOfWeek()) && !time.isBefore(start);
        if (start.isBefore(end)) {
            return started && time.isBefore(end);
        }
        boolean startedYesterday = days.contains(now.getDayOfWeek().minus(1));
        return started || (startedYesterday && time.isBefore(end));
    }

    /**
     * The time until {@link #contains} may change, at most {@code atMost}.
     *
     * @param now in the zone of this window
     */
    Duration untilChange(ZonedDateTime now, Duration atMost) {
        Duration wait = contains(now) ? until(end, now) : untilStart(now, atMost);
        // The clock on the wall jumps then, perhaps into the window or out of it.
        ZoneOffsetTransition transition = zone.getRules().nextTransition(now.toInstant());
        if (transition != null) {
            wait = shorter(wait, Duration.between(now.toInstant(), transition.getInstant()));
        }
        return shorter(wait, atMost);
    }

    private Duration untilStart(ZonedDateTime now, Duration otherwise) {
        Duration wait = until(start, now);
        return days.contains(now.plus(wait).getDayOfWeek()) ? wait : otherwise;
    }

    /** When the clock on the wall shows this next, if it does not jump before. */
    private static Duration until(LocalTime time, ZonedDateTime now) {
        Duration wait = Duration.between(now.toLocalTime(), time);
        return wait.isPositive() ? wait : wait.plus(DAY);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** "it is Mon 12:30 in Europe/Berlin, not within 22:00-06:00 of days 1,5". */
    String describeOutside(ZonedDateTime now) {
        String text = "it is " + NOW.format(now) + " in " + zone.getId() + ", not within " + start + "-" + end;
        if (days.size() == DayOfWeek.values().length) {
            return text;
        }
        return text
                + days.stream()
                        .sorted()
                        .map(day -> Integer.toString(day.getValue()))
                        .collect(Collectors.joining(",", " of days ", ""));
    }
}
