package io.socketbroker.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Turns, and what becomes of them. */
final class ComparisonTest {
    private final List<String> turns = new ArrayList<>();

    private Contender contender(String name) {
        return () -> {
            turns.add(name);
            return List.of(Measured.of(Role.OURS, name, 1_000L));
        };
    }

    @Test
    void shouldGiveEachItsTurnInEachRound() throws Exception {
        Comparison.run(new Report("test"), "turns", Unit.MICROSECONDS, List.of(contender("a"), contender("b")), 1, 2);
        assertThat(turns).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void shouldGoOnWithoutWhoFailsAndFailInTheEnd() {
        Contender broken = () -> {
            throw new InvalidRunException("lost a socket");
        };
        assertThatThrownBy(() -> Comparison.run(
                        new Report("test"), "turns", Unit.MICROSECONDS, List.of(broken, contender("a")), 0, 2))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("lost a socket");
        assertThat(turns).containsExactly("a", "a");
    }

    @Test
    void shouldRefuseARowThatIsMissingInATurn() {
        int[] turn = {0};
        Contender forgetful = () -> List.of(Measured.of(Role.OURS, turn[0]++ == 0 ? "first" : "other", 1L));
        assertThatThrownBy(
                        () -> Comparison.run(new Report("test"), "turns", Unit.MICROSECONDS, List.of(forgetful), 0, 3))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("first had 1 turns of 3");
    }
}
