package io.socketbroker.daemon.core;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What the conditions of a task may hold. Every check names the field and its bound. */
final class ConditionRules {
    private static final Pattern TIME_OF_DAY = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
    private static final Duration SHORTEST_DEFERRAL = Durations.fromSeconds(1);
    private static final Duration LONGEST_DEFERRAL = Durations.fromDays(7);
    private static final int LONGEST_PATH = 4_095;
    private static final int SUNDAY = 7;

    private ConditionRules() {}

    static void check(TaskConditions conditions, String field) {
        String path = conditions.getPathExists();
        if (!path.isEmpty() && (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.length() > LONGEST_PATH)) {
            throw ItemRules.invalid(field + ".path_exists", "must be an absolute path");
        }
        checkPressure(conditions.getMaxCpuPressurePercent(), field + ".max_cpu_pressure_percent");
        checkPressure(conditions.getMaxMemoryPressurePercent(), field + ".max_memory_pressure_percent");
        checkPressure(conditions.getMaxIoPressurePercent(), field + ".max_io_pressure_percent");
        if (conditions.hasTimeWindow()) {
            checkWindow(conditions.getTimeWindow(), field + ".time_window");
        }
        if (conditions.hasMaxDeferral()) {
            OptionRules.requireWithin(
                    conditions.getMaxDeferral(),
                    SHORTEST_DEFERRAL,
                    LONGEST_DEFERRAL,
                    field + ".max_deferral",
                    "1 s to 7 days");
            if (conditions.toBuilder().clearMaxDeferral().build().equals(TaskConditions.getDefaultInstance())) {
                throw ItemRules.invalid(field + ".max_deferral", "needs a condition");
            }
        }
    }

    private static void checkPressure(double percent, String field) {
        if (!(percent >= 0 && percent <= 100)) {
            throw ItemRules.invalid(field, "must be over 0 to 100, or 0 for no bound");
        }
    }

    private static void checkWindow(TimeWindow window, String field) {
        checkTime(window.getStart(), field + ".start");
        checkTime(window.getEnd(), field + ".end");
        if (window.getStart().equals(window.getEnd())) {
            throw ItemRules.invalid(field + ".end", "must not be equal to start");
        }
        Set<Integer> days = new HashSet<>();
        for (int i = 0; i < window.getDaysCount(); i++) {
            int day = window.getDays(i);
            if (day < 1 || day > SUNDAY || !days.add(day)) {
                throw ItemRules.invalid(field + ".days[" + i + "]", "must be 1 (Monday) to 7 (Sunday), each once");
            }
        }
        if (!window.getTimeZone().isEmpty()) {
            try {
                ZoneId.of(window.getTimeZone());
            } catch (DateTimeException e) {
                throw ItemRules.invalid(field + ".time_zone", "is not a name such as Europe/Berlin");
            }
        }
    }

    private static void checkTime(String time, String field) {
        if (!TIME_OF_DAY.matcher(time).matches()) {
            throw ItemRules.invalid(field, "must be a time of the day such as 22:30");
        }
    }
}
