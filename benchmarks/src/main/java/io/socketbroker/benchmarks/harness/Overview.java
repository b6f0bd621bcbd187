package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The charts of several benchmarks that belong to the overview, as a table in Markdown and as one plot: of those that differ
 * in a count only, the one with the largest.
 */
public final class Overview {
    private static final List<String> HEADLINES = List.of(
            "a byte arrives -> a running program has the socket, one at a time",
            "5000 parked sockets become readable at once",
            "wakes a second",
            "connect -> echo of a freshly launched /bin/cat, one at a time",
            "give a socket back",
            "put one descriptor into custody",
            "park one socket",
            "park 253 at once",
            "take one back",
            "kill -9 -> ",
            "what each further socket adds",
            "context switches a second",
            "a server on Netty with",
            "a command, from its start to its end",
            "start -> it serves");

    private Overview() {}

    /** Arguments: the file with the figures, and the start of the names of the results. */
    public static void main(String[] args) throws IOException {
        List<Chart> charts = chosen(Chart.read(Files.readAllLines(Path.of(args[0]))));
        String table = markdown(charts);
        System.out.print(table);
        Files.writeString(Path.of(args[1] + ".md"), table);
        Files.writeString(
                Path.of(args[1] + ".svg"),
                Plot.of("Socket Broker, commit " + Machine.commit() + ": p50 and p99", charts));
        System.out.println("# overview: " + args[1] + ".md and .svg");
    }

    /** In the order of the headlines; what has none is left out. */
    static List<Chart> chosen(List<Chart> charts) {
        return HEADLINES.stream()
                .flatMap(
                        headline -> charts.stream()
                                .filter(chart -> chart.title().startsWith(headline))
                                .reduce((_, later) -> later)
                                .stream())
                .toList();
    }

    /** One line for each chart; ratios are those to the first floor, or else to the first row. */
    static String markdown(List<Chart> charts) {
        return Stream.concat(
                        Stream.of(
                                "| median (p99), and times the floor | Socket Broker | floor | others |",
                                "|---|---|---|---|"),
                        charts.stream().map(Overview::line))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(Chart chart) {
        String unit = chart.unit().isEmpty() ? "" : ", " + chart.unit();
        return "| %s%s (`%s`) | %s | %s | %s |"
                .formatted(
                        chart.title(),
                        unit,
                        chart.benchmark(),
                        cell(chart, Role.OURS),
                        cell(chart, Role.FLOOR),
                        cell(chart, Role.RIVAL));
    }

    private static String cell(Chart chart, Role role) {
        return chart.bars().stream()
                .filter(bar -> bar.role() == role)
                .map(bar -> bar.name() + ": " + figure(chart, bar))
                .collect(Collectors.joining("<br>"));
    }

    private static String figure(Chart chart, Chart.Bar bar) {
        String tail = bar.tail().isEmpty() ? "" : " (" + Plot.number(bar.tail().getAsDouble()) + ")";
        Chart.Bar reference = chart.reference();
        String ratio = bar.equals(reference) || reference.median() == 0
                ? ""
                : String.format(Locale.ROOT, ", %.2fx", bar.median() / reference.median());
        return "**" + Plot.number(bar.median()) + "**" + tail + ratio;
    }
}
