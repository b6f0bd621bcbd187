package io.socketbroker.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OverviewTest {
    private static Chart park(int held, double ours) {
        return new Chart(
                "park",
                "park one socket, " + held + " parked",
                "us",
                List.of(
                        new Chart.Bar("floor: an array", Role.FLOOR, 20, OptionalDouble.of(40), 6, 19, 21),
                        new Chart.Bar("Socket Broker", Role.OURS, ours, OptionalDouble.empty(), 6, 90, 130)));
    }

    private static final Chart OTHER = new Chart(
            "core-million",
            "the rules alone",
            "",
            List.of(new Chart.Bar("10,000", Role.OURS, 1.5, OptionalDouble.empty(), 1, 1.5, 1.5)));

    @Test
    void shouldReadWhatWasWritten() {
        List<Chart> charts = List.of(park(200, 100), OTHER, park(3_000, 110));
        List<String> lines =
                charts.stream().flatMap(chart -> chart.lines().stream()).toList();
        assertThat(lines).hasSize(5);
        assertThat(Chart.read(lines)).isEqualTo(charts);
    }

    @Test
    void shouldRefuseWhatIsNoFigure() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Chart.read(List.of("park\tone")))
                .withMessageContaining("not a line of a chart: park\tone");
    }

    @Test
    void shouldShowTheLargestOfEachComparisonBesideItsFloor() {
        List<Chart> chosen = Overview.chosen(List.of(park(200, 100), OTHER, park(3_000, 110)));
        assertThat(chosen).containsExactly(park(3_000, 110));
        assertThat(Overview.markdown(chosen)).endsWith("""
                        | park one socket, 3000 parked, us (`park`) | Socket Broker: **110**, 5.50x \
                        | floor: an array: **20.0** (40.0) |  |
                        """);
    }
}
