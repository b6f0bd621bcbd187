package io.socketbroker.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a table shows, without the values behind it: as it is plotted, and as it is written down for the overview.
 *
 * @param unit symbol; empty for plain numbers
 * @param bars in the order of the table; at least one
 */
record Chart(String benchmark, String title, String unit, List<Bar> bars) {
    private static final String SEPARATOR = "\t";
    private static final String NONE = "-";
    private static final int FIELDS = 10;

    Chart {
        bars = List.copyOf(bars);
    }

    /**
     * One row, in the unit of its chart.
     *
     * @param tail 99th percentile, if there are enough values for one
     * @param lowest median of a turn
     * @param highest median of a turn
     */
    record Bar(String name, Role role, double median, OptionalDouble tail, int turns, double lowest, double highest) {}

    static Chart of(String benchmark, TableData table) {
        List<Bar> bars = new ArrayList<>();
        table.rows().forEach((name, runs) -> bars.add(bar(table.unit(), name, runs)));
        return new Chart(benchmark, table.title(), table.unit().symbol(), bars);
    }

    private static Bar bar(Unit unit, String name, Runs runs) {
        OptionalDouble tail = runs.percentile(99);
        return new Bar(
                name,
                runs.role(),
                unit.shown(runs.median()),
                tail.isEmpty() ? tail : OptionalDouble.of(unit.shown(tail.getAsDouble())),
                runs.count(),
                unit.shown(runs.medians().stream().min(Long::compare).orElseThrow()),
                unit.shown(runs.medians().stream().max(Long::compare).orElseThrow()));
    }

    /** A line for each bar. */
    List<String> lines() {
        return bars.stream()
                .map(bar -> String.join(
                        SEPARATOR,
                        benchmark,
                        title,
                        unit,
                        bar.name,
                        bar.role.name(),
                        Double.toString(bar.median),
                        bar.tail.isEmpty() ? NONE : Double.toString(bar.tail.getAsDouble()),
                        Integer.toString(bar.turns),
                        Double.toString(bar.lowest),
                        Double.toString(bar.highest)))
                .toList();
    }

    /**
     * What {@link #lines} wrote, of any number of charts one after the other.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static List<Chart> read(List<String> lines) {
        List<Chart> charts = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(SEPARATOR, -1);
            if (fields.length != FIELDS) {
                throw new IllegalArgumentException("not a line of a chart: " + line);
            }
            Chart read = new Chart(fields[0], fields[1], fields[2], List.of(bar(fields)));
            Chart last = charts.isEmpty() ? read : charts.getLast();
            if (!charts.isEmpty() && last.benchmark.equals(read.benchmark) && last.title.equals(read.title)) {
                charts.removeLast();
                List<Bar> bars = new ArrayList<>(last.bars);
                bars.addAll(read.bars);
                charts.add(new Chart(last.benchmark, last.title, last.unit, bars));
            } else {
                charts.add(read);
            }
        }
        return charts;
    }

    private static Bar bar(String[] fields) {
        return new Bar(
                fields[3],
                Role.valueOf(fields[4]),
                Double.parseDouble(fields[5]),
                fields[6].equals(NONE) ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(fields[6])),
                Integer.parseInt(fields[7]),
                Double.parseDouble(fields[8]),
                Double.parseDouble(fields[9]));
    }

    /** The row that the others are compared with: the first floor, else the first row. */
    Bar reference() {
        return bars.stream().filter(bar -> bar.role == Role.FLOOR).findFirst().orElseGet(bars::getFirst);
    }
}
