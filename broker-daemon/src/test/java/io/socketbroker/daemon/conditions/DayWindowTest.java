package io.socketbroker.daemon.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DayWindowTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static DayWindow window(String start, String end, String days, String zone) {
        List<Integer> numbers = days.isEmpty()
                ? List.of()
                : Arrays.stream(days.split(" ", -1)).map(Integer::valueOf).toList();
        return DayWindow.of(TimeWindow.newBuilder()
                .setStart(start)
                .setEnd(end)
                .addAllDays(numbers)
                .setTimeZone(zone)
                .build());
    }

    private static ZonedDateTime at(String instant, DayWindow window) {
        return Instant.parse(instant).atZone(window.zone());
    }

    /** 2026-03-02 is a Monday. */
    @ParameterizedTest
    @CsvSource({
        "09:00, 17:00, '', 2026-03-02T08:59:59.999Z, false",
        "09:00, 17:00, '', 2026-03-02T09:00:00Z, true",
        "09:00, 17:00, '', 2026-03-02T16:59:59.999Z, true",
        "09:00, 17:00, '', 2026-03-02T17:00:00Z, false",
        "00:00, 23:59, '', 2026-03-02T00:00:00Z, true",
        "22:00, 06:00, '', 2026-03-02T21:59:59Z, false",
        "22:00, 06:00, '', 2026-03-02T22:00:00Z, true",
        "22:00, 06:00, '', 2026-03-03T05:59:59Z, true",
        "22:00, 06:00, '', 2026-03-03T06:00:00Z, false",
        "22:00, 00:00, '', 2026-03-02T23:59:59Z, true",
        "22:00, 00:00, '', 2026-03-03T00:00:00Z, false",
        "09:00, 17:00, 1 3, 2026-03-02T12:00:00Z, true",
        "09:00, 17:00, 1 3, 2026-03-03T12:00:00Z, false",
        "09:00, 17:00, 7, 2026-03-01T12:00:00Z, true",
        "22:00, 06:00, 1, 2026-03-02T05:00:00Z, false",
        "22:00, 06:00, 1, 2026-03-02T23:00:00Z, true",
        "22:00, 06:00, 1, 2026-03-03T05:00:00Z, true",
        "22:00, 06:00, 1, 2026-03-03T23:00:00Z, false",
        "22:00, 06:00, 7, 2026-03-02T05:00:00Z, true",
    })
    void shouldKnowWhetherItIsOpen(String start, String end, String days, String now, boolean open) {
        DayWindow window = window(start, end, days, "UTC");
        assertThat(window.contains(at(now, window))).isEqualTo(open);
    }

    /** Berlin goes from 02:00 to 03:00 at 2026-03-29T01:00Z, and from 03:00 back to 02:00 at 2026-10-25T01:00Z. */
    @ParameterizedTest
    @CsvSource({
        "01:30, 03:30, 2026-03-29T00:29:00Z, false",
        "01:30, 03:30, 2026-03-29T00:30:00Z, true",
        "01:30, 03:30, 2026-03-29T01:29:00Z, true",
        "01:30, 03:30, 2026-03-29T01:30:00Z, false",
        "02:30, 03:30, 2026-03-29T00:59:59Z, false",
        "02:30, 03:30, 2026-03-29T01:00:00Z, true",
        "02:10, 02:50, 2026-03-29T00:59:59Z, false",
        "02:10, 02:50, 2026-03-29T01:00:00Z, false",
        "02:10, 02:50, 2026-03-29T01:20:00Z, false",
        "02:10, 02:50, 2026-10-25T00:20:00Z, true",
        "02:10, 02:50, 2026-10-25T00:55:00Z, false",
        "02:10, 02:50, 2026-10-25T01:20:00Z, true",
        "02:10, 02:50, 2026-10-25T01:55:00Z, false",
        "09:00, 10:00, 2026-07-01T07:30:00Z, true",
        "09:00, 10:00, 2026-01-01T08:30:00Z, true",
        "09:00, 10:00, 2026-01-01T07:30:00Z, false",
    })
    void shouldGoByTheClockOnTheWall(String start, String end, String now, boolean open) {
        DayWindow window = window(start, end, "", "Europe/Berlin");
        assertThat(window.contains(at(now, window))).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({
        "09:00, 17:00, '', 2026-03-02T08:59:30Z, PT30S",
        "09:00, 17:00, '', 2026-03-02T08:59:59.999999Z, PT0.000001S",
        "09:00, 17:00, '', 2026-03-02T04:00:00Z, PT1M",
        "09:00, 17:00, '', 2026-03-02T17:00:00Z, PT1M",
        "09:00, 17:00, 2, 2026-03-02T08:59:30Z, PT1M",
        "00:00, 01:00, 2, 2026-03-02T23:59:30Z, PT30S",
        "00:00, 01:00, 1, 2026-03-02T23:59:30Z, PT1M",
        "09:00, 17:00, '', 2026-03-02T16:59:45Z, PT15S",
        "22:00, 00:00, '', 2026-03-02T23:59:45Z, PT15S",
        "22:00, 06:00, '', 2026-03-02T23:59:45Z, PT1M",
    })
    void shouldTellWhenItOpensOrCloses(String start, String end, String days, String now, Duration wait) {
        DayWindow window = window(start, end, days, "UTC");
        assertThat(window.untilChange(at(now, window), MINUTE)).isEqualTo(wait);
    }

    @ParameterizedTest
    @CsvSource({
        "02:30, 03:30, 2026-03-29T00:59:50Z, PT10S",
        "02:10, 02:50, 2026-10-25T00:59:50Z, PT10S",
        "01:00, 02:30, 2026-03-29T00:59:50Z, PT10S",
    })
    void shouldLookAgainWhenTheClockOnTheWallJumps(String start, String end, String now, Duration wait) {
        DayWindow window = window(start, end, "", "Europe/Berlin");
        assertThat(window.untilChange(at(now, window), MINUTE)).isEqualTo(wait);
    }

    /** Minute by minute around the days on which clocks change: never told to sleep over an opening or a closing. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"})
    void shouldNeverWaitPastAChange(String zone) {
        List<DayWindow> windows = List.of(
                window("23:45", "00:15", "6 7", zone),
                window("00:20", "02:20", "", zone),
                window("02:10", "02:50", "7", zone));
        Instant transition = Instant.parse("2026-01-01T00:00:00Z");
        for (int i = 0; i < 2; i++) {
            transition = ZoneId.of(zone).getRules().nextTransition(transition).getInstant();
            ZonedDateTime now =
                    transition.atZone(ZoneId.of(zone)).minusHours(30).plusSeconds(30);
            for (ZonedDateTime end = now.plusHours(60); now.isBefore(end); now = now.plusMinutes(1)) {
                for (DayWindow window : windows) {
                    ZonedDateTime change = now.plus(window.untilChange(now, MINUTE));
                    assertThat(change).isAfter(now);
                    assertThat(window.contains(change.minusNanos(1)))
                            .as("%s before %s", window, change)
                            .isEqualTo(window.contains(now));
                }
            }
        }
    }

    @Test
    void shouldTakeTheZoneOfTheHost() {
        assertThat(window("09:00", "17:00", "", "").zone()).isEqualTo(ZoneId.systemDefault());
    }

    @Test
    void shouldSayWhatTimeItIsAndWhatItShouldBe() {
        DayWindow daily = window("22:00", "06:00", "", "Asia/Kathmandu");
        assertThat(daily.describeOutside(at("2026-03-02T12:00:00Z", daily)))
                .isEqualTo("it is Mon 17:45 in Asia/Kathmandu, not within 22:00-06:00");
        DayWindow some = window("09:00", "17:00", "5 1", "UTC");
        assertThat(some.describeOutside(at("2026-03-03T12:00:00Z", some)))
                .isEqualTo("it is Tue 12:00 in UTC, not within 09:00-17:00 of days 1,5");
    }

    @Test
    void shouldRefuseWhatIsNoTime() {
        assertThatThrownBy(() -> window("24:00", "17:00", "", "")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> window("09:00", "17:00", "8", "")).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> window("09:00", "17:00", "", "Europe/Atlantis"))
                .isInstanceOf(DateTimeException.class);
    }
}
