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
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("parked", "100,15000", "rounds", "50"), Map.of("rounds", "3"));

    @Test
    void shouldUseDefaultsForWhatIsNotGiven() {
        Options options = Options.parse(List.of("--parked", "7"), DEFAULTS);
        assertThat(options.numbers("parked")).containsExactly(7);
        assertThat(options.number("rounds")).isEqualTo(50);
    }

    @Test
    void shouldUseQuickDefaultsWhereAskedTo() {
        Options options = Options.parse(List.of("--quick", "--parked", "7"), DEFAULTS);
        assertThat(options.number("rounds")).isEqualTo(3);
        assertThat(options).hasToString("--parked 7 --rounds 3");
        assertThat(Options.parse(List.of("--rounds", "4", "--quick"), DEFAULTS).number("rounds"))
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds", "--rounds 0", "--rounds 1,2", "--rounds x", "--sockets 1", "rounds 1"})
    void shouldRefuseWhatIsNoOptionOrNoNumber(String line) {
        assertThatThrownBy(() -> Options.parse(List.of(line.split(" ", -1)), DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
