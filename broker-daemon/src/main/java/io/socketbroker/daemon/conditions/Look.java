package io.socketbroker.daemon.conditions;

import io.socketbroker.v1.TaskConditions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** One look at the conditions of one task. May block on its path. Of one thread. */
final class Look {
    static final Duration USUAL = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(60);

    private final Surroundings surroundings;
    private final List<String> unmet = new ArrayList<>();
    private Duration again = USUAL;

    private Look(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static ConditionReport at(TaskConditions conditions, Surroundings surroundings) {
        Look look = new Look(surroundings);
        if (conditions.getNetworkAvailable()) {
            look.network();
        }
        if (!conditions.getPathExists().isEmpty()) {
            look.path(Path.of(conditions.getPathExists()));
        }
        look.pressure("cpu", conditions.getMaxCpuPressurePercent());
        look.pressure("memory", conditions.getMaxMemoryPressurePercent());
        look.pressure("io", conditions.getMaxIoPressurePercent());
        if (conditions.hasTimeWindow()) {
            look.window(DayWindow.of(conditions.getTimeWindow())); // last, after what can take time
        }
        return new ConditionReport(look.unmet.isEmpty(), String.join("; ", look.unmet), look.again);
    }

    private void network() {
        try {
            if (!DefaultRoutes.exist(surroundings.network())) {
                unmet.add("no default route");
            }
        } catch (IOException e) {
            unmet.add("default route unknown: " + e.getMessage());
        }
    }

    private void path(Path path) {
        if (Files.notExists(path)) {
            unmet.add("path " + path + " does not exist");
        } else if (!Files.exists(path)) {
            unmet.add("path " + path + " cannot be looked up by the broker");
        }
    }

    private void pressure(String resource, double bound) {
        if (bound == 0) {
            return;
        }
        Path file = surroundings.pressure().resolve(resource);
        OptionalDouble found = Pressure.someOfTenSeconds(file);
        if (found.isEmpty()) {
            unmet.add(resource + " pressure unknown: the kernel has no " + file);
        } else if (found.getAsDouble() >= bound) {
            unmet.add(resource + " pressure " + plain(found.getAsDouble()) + " >= " + plain(bound));
        }
    }

    private static String plain(double percent) {
        return BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString();
    }

    private void window(DayWindow window) {
        ZonedDateTime now = surroundings.clock().instant().atZone(window.zone());
        if (window.contains(now)) {
            if (unmet.isEmpty()) {
                again = window.untilChange(now, USUAL);
            }
            return;
        }
        Duration untilOpen = window.untilChange(now, LONGEST);
        // Other conditions need no look while the window is closed.
        again = unmet.isEmpty() || untilOpen.compareTo(USUAL) > 0 ? untilOpen : USUAL;
        unmet.add(window.describeOutside(now));
    }
}
