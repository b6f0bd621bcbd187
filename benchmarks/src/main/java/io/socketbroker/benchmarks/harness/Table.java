package io.socketbroker.benchmarks.harness;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A table as text. Percentiles that too few values stand behind are left out. */
final class Table {
    private static final String NONE = "-";

    private final TableData data;
    private final int nameWidth;
    private final boolean counted;

    private Table(TableData data) {
        this.data = data;
        nameWidth = data.rows().keySet().stream().mapToInt(String::length).max().orElse(1);
        counted =
                data.rows().values().stream().anyMatch(runs -> !runs.messages().isEmpty());
    }

    /** Title, heading, and a line for each row. */
    static String of(TableData data) {
        Table table = new Table(data);
        StringBuilder text = new StringBuilder(data.title()).append('\n').append(table.heading());
        data.rows().forEach((name, runs) -> text.append(table.row(name, runs)));
        return text.toString();
    }

    private String heading() {
        String unit = data.unit().symbol().isEmpty() ? "" : " " + data.unit().symbol();
        return String.format(
                Locale.ROOT,
                "%s %-5s %11s %11s %11s %7s %7s %7s %5s  %s%n",
                name(""),
                "role",
                "p50" + unit,
                "p99" + unit,
                "p99.9" + unit,
                "p50 x",
                "p99 x",
                "n",
                "runs",
                counted ? "messages   p50 of the runs" : "p50 of the runs");
    }

    private String row(String name, Runs runs) {
        return String.format(
                Locale.ROOT,
                "%s %-5s %11s %11s %11s %7s %7s %7d %5d  %s%s to %s%n",
                name(name),
                runs.role(),
                shown(runs.median()),
                shown(runs.percentile(99)),
                shown(runs.percentile(99.9)),
                ratio(data.ratio(runs)),
                ratio(data.tailRatio(runs)),
                runs.samples(),
                runs.count(),
                counted ? messages(runs) : "",
                shown(Collections.min(runs.medians())),
                shown(Collections.max(runs.medians())));
    }

    private String shown(double value) {
        return String.format(Locale.ROOT, "%.1f", data.unit().shown(value));
    }

    private String shown(OptionalDouble value) {
        return value.isEmpty() ? NONE : shown(value.getAsDouble());
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isEmpty() ? NONE : String.format(Locale.ROOT, "%.2f", ratio.getAsDouble());
    }

    private String name(String name) {
        return name + " ".repeat(nameWidth - name.length());
    }

    private static String messages(Runs runs) {
        List<Integer> messages = runs.messages();
        String range = messages.isEmpty() ? NONE : Collections.min(messages) + "-" + Collections.max(messages);
        return String.format(Locale.ROOT, "%-10s ", range);
    }
}
