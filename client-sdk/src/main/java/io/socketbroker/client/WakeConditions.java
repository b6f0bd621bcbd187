package io.socketbroker.client;

import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * What must hold before a handler of a task is woken. Unmet conditions defer the wake; nothing is lost. Immutable; each
 * {@code with} gives a changed copy. The broker checks the values, not this class.
 *
 * @param message what goes to the broker
 */
public record WakeConditions(TaskConditions message) {

    private static final DateTimeFormatter HOUR_AND_MINUTE = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    /** Always: the default. */
    public static WakeConditions none() {
        return new WakeConditions(TaskConditions.getDefaultInstance());
    }

    /** Whether a default route must exist, for IPv4 or IPv6. */
    public WakeConditions withNetwork(boolean required) {
        return with(message.toBuilder().setNetworkAvailable(required));
    }

    /** This path must exist, as the broker sees it. */
    public WakeConditions withPath(Path absolute) {
        return with(message.toBuilder().setPathExists(absolute.toString()));
    }

    /** Only at this time of the day, every day, in the host's time zone. */
    public WakeConditions withTimeWindow(LocalTime start, LocalTime end) {
        return withTimeWindow(start, end, Set.of());
    }

    /** As {@link #withTimeWindow(LocalTime, LocalTime, Set, ZoneId)}, in the host's time zone. */
    public WakeConditions withTimeWindow(LocalTime start, LocalTime end, Set<DayOfWeek> days) {
        return with(message.toBuilder().setTimeWindow(window(start, end, days)));
    }

    /**
     * Only at this time of the day.
     *
     * @param start in whole minutes; belongs to the window
     * @param end in whole minutes; does not belong to the window. Earlier than the start: the next day. Never equal to it
     * @param days on which it starts; empty means every day
     * @param zone of both times
     */
    public WakeConditions withTimeWindow(LocalTime start, LocalTime end, Set<DayOfWeek> days, ZoneId zone) {
        return with(message.toBuilder().setTimeWindow(window(start, end, days).setTimeZone(zone.getId())));
    }

    private static TimeWindow.Builder window(LocalTime start, LocalTime end, Set<DayOfWeek> days) {
        return TimeWindow.newBuilder()
                .setStart(HOUR_AND_MINUTE.format(start))
                .setEnd(HOUR_AND_MINUTE.format(end))
                .addAllDays(days.stream().map(DayOfWeek::getValue).sorted().toList());
    }

    /**
     * The CPU's pressure must be below this percentage: "some avg10" of PSI (Documentation/accounting/psi.rst of Linux).
     * Over 0 to 100; 0 means any, the default. On a kernel without PSI the condition is unmet.
     */
    public WakeConditions withMaxCpuPressure(double percent) {
        return with(message.toBuilder().setMaxCpuPressurePercent(percent));
    }

    /** As {@link #withMaxCpuPressure}, of memory. */
    public WakeConditions withMaxMemoryPressure(double percent) {
        return with(message.toBuilder().setMaxMemoryPressurePercent(percent));
    }

    /** As {@link #withMaxCpuPressure}, of input and output. */
    public WakeConditions withMaxIoPressure(double percent) {
        return with(message.toBuilder().setMaxIoPressurePercent(percent));
    }

    /** Wakes after so long even if the conditions are unmet: 1 s to 7 days. Zero means that wakes wait, the default. */
    public WakeConditions withMaxDeferral(Duration bound) {
        return with(
                bound.isZero()
                        ? message.toBuilder().clearMaxDeferral()
                        : message.toBuilder().setMaxDeferral(Protos.duration(bound)));
    }

    private static WakeConditions with(TaskConditions.Builder changed) {
        return new WakeConditions(changed.build());
    }
}
