package io.socketbroker.cli;

import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import io.socketbroker.v1.TaskSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Launcher, limits and conditions of a task as people read them; empty for none. Stateless. */
final class TaskWords {

    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private TaskWords() {}

    /** The command, the unit, or that there is none. */
    static String launcher(TaskSpec spec) {
        return switch (spec.getLauncherCase()) {
            case EXEC -> String.join(" ", spec.getExec().getCommandList());
            case SYSTEMD -> {
                var manager = Words.word(spec.getSystemd().getManager(), "MANAGER_");
                yield "unit " + spec.getSystemd().getUnitTemplate()
                        + (manager.isEmpty() ? "" : " of the " + manager + " manager");
            }
            case LAUNCHER_NOT_SET -> "attached sessions only";
        };
    }

    /** For example: 64 handlers, 100 connections, 10 of a source, refuses more, 5 wakes/s (20 at once). */
    static String limits(TaskLimits limits) {
        var words = new ArrayList<String>();
        count(words, limits.getMaxConcurrency(), " handlers");
        count(words, limits.getMaxConnections(), " connections");
        count(words, limits.getMaxConnectionsPerSource(), " connections of a source");
        if (limits.getOverLimit() == OverLimit.OVER_LIMIT_REFUSE) {
            words.add("refuses more");
        }
        rate(words, limits.getActivationsPerSecond(), limits.getActivationBurst(), " wakes/s");
        rate(words, limits.getSocketActivationsPerSecond(), limits.getSocketActivationBurst(), " wakes/s of a socket");
        rate(words, limits.getSourceActivationsPerSecond(), limits.getSourceActivationBurst(), " wakes/s of a source");
        return String.join(", ", words);
    }

    private static void count(List<String> words, int value, String what) {
        if (value != 0) {
            words.add(Integer.toUnsignedString(value) + what);
        }
    }

    private static void rate(List<String> words, int perSecond, int burst, String what) {
        if (perSecond != 0) {
            words.add(Integer.toUnsignedString(perSecond)
                    + what
                    + (burst == 0 ? "" : " (" + Integer.toUnsignedString(burst) + " at once)"));
        }
    }

    /** For example: network, path /run/x, 08:00-18:00 mon,fri, cpu pressure below 20%, after 5m in any case. */
    static String conditions(TaskConditions conditions) {
        var words = new ArrayList<String>();
        if (conditions.getNetworkAvailable()) {
            words.add("network");
        }
        if (!conditions.getPathExists().isEmpty()) {
            words.add("path " + conditions.getPathExists());
        }
        if (conditions.hasTimeWindow()) {
            words.add(window(conditions.getTimeWindow()));
        }
        pressure(words, "cpu", conditions.getMaxCpuPressurePercent());
        pressure(words, "memory", conditions.getMaxMemoryPressurePercent());
        pressure(words, "io", conditions.getMaxIoPressurePercent());
        if (conditions.hasMaxDeferral()) {
            words.add("after " + Words.duration(conditions.getMaxDeferral()) + " in any case");
        }
        return String.join(", ", words);
    }

    private static String window(TaskConditions.TimeWindow window) {
        var days = window.getDaysList().stream()
                .map(day -> day >= 1 && day <= DAYS.size() ? DAYS.get(day - 1) : day.toString())
                .collect(Collectors.joining(","));
        return window.getStart() + "-" + window.getEnd() + (days.isEmpty() ? "" : " " + days)
                + (window.getTimeZone().isEmpty() ? "" : " " + window.getTimeZone());
    }

    private static void pressure(List<String> words, String what, double percent) {
        if (percent != 0) {
            words.add(what + " pressure below "
                    + BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + "%");
        }
    }
}
