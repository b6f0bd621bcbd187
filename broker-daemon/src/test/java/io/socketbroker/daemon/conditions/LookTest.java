package io.socketbroker.daemon.conditions;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String ROUTE = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
            """;

    @TempDir
    Path directory;

    private InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-02T12:00:00Z"));

    @BeforeEach
    void createProc() throws IOException {
        Files.writeString(directory.resolve("route"), ROUTE);
        pressure("cpu", "34.20");
        pressure("memory", "0.00");
        pressure("io", "7.05");
    }

    private void pressure(String resource, String percent) throws IOException {
        Files.writeString(directory.resolve(resource), """
                some avg10=%s avg60=99.99 avg300=99.99 total=2547557805
                full avg10=99.99 avg60=99.99 avg300=99.99 total=0
                """.formatted(percent));
    }

    private ConditionReport look(TaskConditions.Builder conditions) {
        return Look.at(conditions.build(), new Surroundings(directory, directory, clock));
    }

    private static TaskConditions.Builder conditions() {
        return TaskConditions.newBuilder();
    }

    private static TimeWindow window(String start, String end) {
        return TimeWindow.newBuilder()
                .setStart(start)
                .setEnd(end)
                .setTimeZone("UTC")
                .build();
    }

    private static ConditionReport unmet(String text, Duration again) {
        return new ConditionReport(false, text, again);
    }

    private static final ConditionReport MET = new ConditionReport(true, "", SECOND);

    @Test
    void shouldBeMetWithoutConditions() {
        assertThat(look(conditions())).isEqualTo(MET);
    }

    @Test
    void shouldLookForADefaultRoute() throws IOException {
        assertThat(look(conditions().setNetworkAvailable(true))).isEqualTo(MET);
        Files.delete(directory.resolve("route"));
        assertThat(look(conditions().setNetworkAvailable(true))).isEqualTo(unmet("no default route", SECOND));
        Files.createDirectory(directory.resolve("route"));
        assertThat(look(conditions().setNetworkAvailable(true)).unmet()).startsWith("default route unknown: ");
    }

    @Test
    void shouldLookForAPath() throws IOException {
        Path path = directory.resolve("flag");
        TaskConditions.Builder conditions = conditions().setPathExists(path.toString());
        assertThat(look(conditions)).isEqualTo(unmet("path " + path + " does not exist", SECOND));
        Files.createSymbolicLink(path, directory.resolve("target"));
        assertThat(look(conditions).met()).as("a link to nothing").isFalse();
        Files.createDirectory(directory.resolve("target"));
        assertThat(look(conditions)).isEqualTo(MET);
    }

    @Test
    void shouldTellAPathThatCannotBeLookedUp() throws IOException {
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
        assertThat(look(conditions().setPathExists(loop + "/flag")))
                .isEqualTo(unmet("path " + loop + "/flag cannot be looked up by the broker", SECOND));
    }

    @Test
    void shouldCompareThePressureOfTenSeconds() {
        assertThat(look(conditions().setMaxCpuPressurePercent(34.21))).isEqualTo(MET);
        assertThat(look(conditions().setMaxCpuPressurePercent(34.2)))
                .isEqualTo(unmet("cpu pressure 34.2 >= 34.2", SECOND));
        assertThat(look(conditions().setMaxCpuPressurePercent(20))).isEqualTo(unmet("cpu pressure 34.2 >= 20", SECOND));
        assertThat(look(conditions().setMaxMemoryPressurePercent(0.01))).isEqualTo(MET);
        assertThat(look(conditions().setMaxIoPressurePercent(7))).isEqualTo(unmet("io pressure 7.05 >= 7", SECOND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "full avg10=0.00 avg60=0.00\n", "some avg60=0.00\n"})
    void shouldBeUnmetWithoutPressureInTheKernel(String content) throws IOException {
        Files.writeString(directory.resolve("memory"), content);
        String expected = "memory pressure unknown: the kernel has no " + directory.resolve("memory");
        assertThat(look(conditions().setMaxMemoryPressurePercent(100))).isEqualTo(unmet(expected, SECOND));
        Files.delete(directory.resolve("memory"));
        assertThat(look(conditions().setMaxMemoryPressurePercent(100))).isEqualTo(unmet(expected, SECOND));
    }

    @Test
    void shouldWaitUntilTheWindowOpens() {
        assertThat(look(conditions().setTimeWindow(window("12:00", "13:00")))).isEqualTo(MET);
        String text = "it is Mon 12:00 in UTC, not within 13:00-14:00";
        assertThat(look(conditions().setTimeWindow(window("13:00", "14:00"))))
                .isEqualTo(unmet(text, Duration.ofSeconds(60)));
        clock = InstantSource.fixed(Instant.parse("2026-03-02T12:59:59.750Z"));
        assertThat(look(conditions().setTimeWindow(window("13:00", "14:00"))).lookAgainAfter())
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void shouldNotTakeAWindowForGrantedThatCloses() {
        clock = InstantSource.fixed(Instant.parse("2026-03-02T12:59:59.750Z"));
        assertThat(look(conditions().setTimeWindow(window("12:00", "13:00"))))
                .isEqualTo(new ConditionReport(true, "", Duration.ofMillis(250)));
    }

    @Test
    void shouldNameAllThatIsUnmetAndWaitForTheLastOfThem() throws IOException {
        Files.delete(directory.resolve("route"));
        TaskConditions.Builder conditions = conditions()
                .setNetworkAvailable(true)
                .setPathExists("/no/such/path")
                .setMaxCpuPressurePercent(20)
                .setTimeWindow(window("12:01", "13:00"));
        assertThat(look(conditions))
                .isEqualTo(unmet(
                        "no default route; path /no/such/path does not exist; cpu pressure 34.2 >= 20;"
                                + " it is Mon 12:00 in UTC, not within 12:01-13:00",
                        Duration.ofSeconds(60)));
        clock = InstantSource.fixed(Instant.parse("2026-03-02T12:00:59.900Z"));
        assertThat(look(conditions).lookAgainAfter()).isEqualTo(SECOND);
        clock = InstantSource.fixed(Instant.parse("2026-03-02T12:01:00Z"));
        assertThat(look(conditions).lookAgainAfter()).as("the window is open").isEqualTo(SECOND);
    }

    @Test
    void shouldLookAtTheRealKernel() {
        Surroundings real = Surroundings.real(Path.of("/proc/net"));
        TaskConditions.Builder bounds = conditions().setPathExists("/proc/self").setMaxMemoryPressurePercent(100);
        ConditionReport report = Look.at(bounds.build(), real);
        assertThat(report.met()).as(report.unmet()).isEqualTo(Files.exists(Path.of("/proc/pressure/memory")));
        assertThat(Look.at(conditions().setMaxMemoryPressurePercent(1e-9).build(), real)
                        .unmet())
                .matches("|memory pressure (\\d+(\\.\\d+)? >= 0\\.000000001|unknown: .*)");
    }
}
