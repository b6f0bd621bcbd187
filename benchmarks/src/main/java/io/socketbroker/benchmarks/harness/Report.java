package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a benchmark says: lines and tables on standard output at once, and all of it as JSON and as a plot in a folder at the
 * end. For one thread.
 */
public final class Report {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmm", Locale.ROOT);

    private final String name;
    private final List<String> notes = new ArrayList<>();
    private final List<TableData> tables = new ArrayList<>();

    /** For a benchmark of this name. */
    public Report(String name) {
        this.name = name;
    }

    /** What the figures depend on: machine, flags, load, who is missing. */
    public void note(String line) {
        System.out.println("# " + line);
        notes.add(line);
    }

    void table(TableData table) {
        System.out.println(Table.of(table));
        tables.add(table);
    }

    /** Nothing is written if there is no table. */
    void write(Path folder) throws IOException {
        if (tables.isEmpty()) {
            return;
        }
        Files.createDirectories(folder);
        String date = LocalDateTime.now(ZoneOffset.UTC).format(DATE);
        String file = date + "-" + Machine.commit() + "-" + name;
        Files.writeString(folder.resolve(file + ".json"), Json.of(json(date)) + "\n");
        Files.writeString(
                folder.resolve(file + ".svg"), Plot.of(name + ", " + date + "Z, " + Machine.commit(), charts()));
        Optional<Path> figures = Machine.figures();
        if (figures.isPresent()) {
            List<String> lines =
                    charts().stream().flatMap(chart -> chart.lines().stream()).toList();
            Files.write(figures.get(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        System.out.println("# results: " + folder.resolve(file) + ".json and .svg");
    }

    private List<Chart> charts() {
        return tables.stream().map(table -> Chart.of(name, table)).toList();
    }

    private Map<String, Object> json(String date) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", name);
        json.put("date", date + "Z");
        json.put("commit", Machine.commit());
        json.put("notes", notes);
        json.put("tables", tables.stream().map(Report::json).toList());
        return json;
    }

    private static Map<String, Object> json(TableData table) {
        List<Map<String, Object>> rows = new ArrayList<>();
        table.rows().forEach((row, runs) -> rows.add(json(table, row, runs)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("title", table.title());
        json.put("unit", table.unit().symbol());
        json.put("rows", rows);
        return json;
    }

    private static Map<String, Object> json(TableData table, String row, Runs runs) {
        Unit unit = table.unit();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", row);
        json.put("role", runs.role().toString());
        json.put("p50", unit.shown(runs.median()));
        putShown(json, "p99", unit, runs.percentile(99));
        putShown(json, "p99.9", unit, runs.percentile(99.9));
        json.put("max", unit.shown(runs.maximum()));
        table.ratio(runs).ifPresent(ratio -> json.put("p50_ratio", ratio));
        table.tailRatio(runs).ifPresent(ratio -> json.put("p99_ratio", ratio));
        json.put("samples", runs.samples());
        json.put("runs", runs.count());
        json.put("p50_of_runs", runs.medians().stream().map(unit::shown).toList());
        if (!runs.messages().isEmpty()) {
            json.put("messages_of_runs", runs.messages());
        }
        return json;
    }

    private static void putShown(Map<String, Object> json, String key, Unit unit, OptionalDouble value) {
        value.ifPresent(present -> json.put(key, unit.shown(present)));
    }
}
