package io.socketbroker.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines. */
final class OptionsTest {
    private static final Map<String, String> DEFAULTS = Map.of("parked", "100,15000", "rounds", "50");

    @Test
    void shouldUseDefaultsForWhatIsNotGiven() {
        Options options = Options.parse(List.of("--parked", "7"), DEFAULTS);
        assertThat(options.numbers("parked")).containsExactly(7);
        assertThat(options.number("rounds")).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds", "--rounds 0", "--rounds 1,2", "--rounds x", "--sockets 1", "rounds 1"})
    void shouldRefuseWhatIsNoOptionOrNoNumber(String line) {
        assertThatThrownBy(() -> Options.parse(List.of(line.split(" ", -1)), DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
