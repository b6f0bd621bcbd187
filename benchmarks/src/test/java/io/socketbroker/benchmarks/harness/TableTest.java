package io.socketbroker.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of finished rows. */
final class TableTest {
    private static TableData table() {
        Runs ours = new Runs(Role.OURS);
        ours.add(Measured.of(Role.OURS, "ours", Collections.nCopies(100, 2_000L)));
        Runs floor = new Runs(Role.FLOOR);
        floor.add(new Measured(Role.FLOOR, "floor", List.of(1_000L, 1_000L), 20));
        floor.add(new Measured(Role.FLOOR, "floor", List.of(3_000L, 3_000L), 30));
        Map<String, Runs> rows = new LinkedHashMap<>();
        rows.put("ours", ours);
        rows.put("floor", floor);
        return new TableData("<title>", Unit.MICROSECONDS, rows);
    }

    @Test
    void shouldShowRatiosToTheFloorAndNoPercentileOfTooFewValues() {
        assertThat(Table.of(table()).lines().toList())
                .hasSize(4)
                .satisfies(lines -> assertThat(lines.get(2))
                        .matches("ours +ours +2\\.0 +2\\.0 +- +2\\.00 +- +100 +1 +- +2\\.0 to 2\\.0"))
                .satisfies(lines -> assertThat(lines.get(3))
                        .matches("floor +floor +1\\.0 +- +- +1\\.00 +- +4 +2 +20-30 +1\\.0 to 3\\.0"));
    }

    @Test
    void shouldHaveNoRatioToNothing() {
        Runs idle = new Runs(Role.OURS);
        idle.add(Measured.of(Role.OURS, "idle", 0));
        assertThat(Table.of(new TableData("t", Unit.THOUSANDTHS, Map.of("idle", idle))))
                .containsPattern("idle +ours +0\\.0 +- +- +- +- +1 +1 +0\\.0 to 0\\.0");
    }

    @Test
    void shouldWriteJsonAndAPlot(@TempDir Path folder) throws IOException {
        Report report = new Report("name");
        report.note("flags \"quoted\"");
        report.table(table());
        report.write(folder);
        try (var files = Files.list(folder)) {
            List<Path> written = files.sorted().toList();
            assertThat(written).hasSize(2);
            assertThat(written.get(0).toString()).endsWith("-unknown-name.json");
            assertThat(Files.readString(written.get(0)))
                    .contains("\"flags \\\"quoted\\\"\"", "\"p50\": 2.000", "\"p50_of_runs\": [1.000, 3.0");
            assertThat(Files.readString(written.get(1))).contains("&lt;title&gt;", "</svg>");
        }
    }
}
