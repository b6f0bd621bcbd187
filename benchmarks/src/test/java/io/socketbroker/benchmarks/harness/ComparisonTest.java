package io.socketbroker.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Turns, and what becomes of them. */
final class ComparisonTest {
    private final List<String> turns = new ArrayList<>();

    private Contender contender(String name) {
        return () -> {
            turns.add(name);
            return List.of(Measured.of(name, List.of(1_000L)));
        };
    }

    @Test
    void shouldGiveEachItsTurnInEachRound() throws Exception {
        Comparison.run("turns", List.of(contender("a"), contender("b")), 1, 2);
        assertThat(turns).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void shouldGoOnWithoutWhoFailsAndFailInTheEnd() {
        Contender broken = () -> {
            throw new InvalidRunException("lost a socket");
        };
        assertThatThrownBy(() -> Comparison.run("turns", List.of(broken, contender("a")), 0, 2))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("lost a socket");
        assertThat(turns).containsExactly("a", "a");
    }

    @Test
    void shouldShowRatiosToTheFirstRow() {
        Runs floor = new Runs();
        floor.add(new Measured("floor", List.of(1_000L, 1_000L), 20));
        floor.add(new Measured("floor", List.of(3_000L, 3_000L), 30));
        Runs ours = new Runs();
        ours.add(Measured.of("ours", List.of(2_000L)));
        Map<String, Runs> rows = new LinkedHashMap<>();
        rows.put("floor", floor);
        rows.put("ours", ours);
        assertThat(Table.of("title", rows).lines().toList())
                .hasSize(4)
                .satisfies(lines -> assertThat(lines.get(2))
                        .matches("floor +1\\.0 +3\\.0 +3\\.0 +1\\.00 +1\\.00 +4 +2 +20-30 +1\\.0 to 3\\.0"))
                .satisfies(lines -> assertThat(lines.get(3))
                        .matches("ours +2\\.0 +2\\.0 +2\\.0 +2\\.00 +0\\.67 +1 +1 +2\\.0 to 2\\.0"));
    }
}
