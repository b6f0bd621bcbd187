package io.socketbroker.benchmarks.harness;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows beside the first one, which is the floor. */
final class Table {
    private final Runs floor;
    private final int nameWidth;
    private final boolean counted;

    private Table(Map<String, Runs> rows) {
        floor = rows.values().iterator().next();
        nameWidth = rows.keySet().stream().mapToInt(String::length).max().orElse(1);
        counted = rows.values().stream().anyMatch(runs -> !runs.messages().isEmpty());
    }

    /** Title, heading, and a line for each row. */
    static String of(String title, Map<String, Runs> rows) {
        Table table = new Table(rows);
        StringBuilder text = new StringBuilder(title).append('\n').append(table.heading());
        rows.forEach((name, runs) -> text.append(table.row(name, runs)));
        return text.toString();
    }

    private String heading() {
        return String.format(
                "%s %9s %9s %9s %7s %7s %7s %5s  %s%n",
                name(""),
                "p50 us",
                "p99 us",
                "p99.9 us",
                "p50 x",
                "p99 x",
                "n",
                "runs",
                counted ? "messages  p50 of the runs" : "p50 of the runs");
    }

    private String row(String name, Runs runs) {
        return String.format(
                Locale.ROOT,
                "%s %9.1f %9.1f %9.1f %7.2f %7.2f %7d %5d  %s%.1f to %.1f%n",
                name(name),
                runs.micros(50),
                runs.micros(99),
                runs.micros(99.9),
                runs.micros(50) / floor.micros(50),
                runs.micros(99) / floor.micros(99),
                runs.samples(),
                runs.count(),
                counted ? messages(runs) : "",
                runs.lowestMedianMicros(),
                runs.highestMedianMicros());
    }

    private String name(String name) {
        return name + " ".repeat(nameWidth - name.length());
    }

    private static String messages(Runs runs) {
        String range = runs.messages().stream().distinct().map(String::valueOf).collect(Collectors.joining("-"));
        return String.format("%-10s", range);
    }
}
