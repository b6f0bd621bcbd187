package io.socketbroker.daemon.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.MonotonicClock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupervisorTest {
    private static final long OWN_PID = 4_711;

    @TempDir
    private Path folder;

    private ListeningManager manager() {
        return new ListeningManager(folder.resolve("notify").toString());
    }

    private static Supervisor of(ListeningManager manager, String... variables) {
        Map<String, String> environment = new HashMap<>(manager.environment());
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return Supervisor.of(environment, OWN_PID);
    }

    @Test
    void shouldTellTheStoryOfAProcess() {
        try (ListeningManager manager = manager();
                Supervisor supervisor = of(manager)) {
            assertThat(supervisor.isListening()).isTrue();
            supervisor.ready("Serving");
            assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Serving");
            assertThat(supervisor.status("Serving. 1\n2")).isTrue();
            assertThat(manager.next()).isEqualTo("STATUS=Serving. 1 2");
            assertThat(supervisor.alive()).isTrue();
            assertThat(manager.next()).isEqualTo("WATCHDOG=1");
            supervisor.stopping("Stopping");
            assertThat(manager.next()).isEqualTo("STOPPING=1\nSTATUS=Stopping");
        }
    }

    /** The manager takes the time for that of the message, so it must be on its clock. */
    @Test
    void shouldTellOfAReload() {
        try (ListeningManager manager = manager();
                Supervisor supervisor = of(manager)) {
            long before = MonotonicClock.nanos() / 1_000;
            supervisor.reloading("Reloading");
            String[] lines = manager.next().split("\n", -1);
            assertThat(lines).hasSize(3).startsWith("RELOADING=1").endsWith("STATUS=Reloading");
            assertThat(lines[1]).startsWith("MONOTONIC_USEC=");
            assertThat(Long.parseLong(lines[1].substring("MONOTONIC_USEC=".length())))
                    .isBetween(before, MonotonicClock.nanos() / 1_000);
            supervisor.ready("Serving");
            assertThat(manager.next()).startsWith("READY=1");
        }
    }

    @Test
    void shouldSayNothingOfItsStateWhenStopping() {
        try (ListeningManager manager = manager();
                Supervisor supervisor = of(manager)) {
            supervisor.stopping("Stopping");
            assertThat(supervisor.status("Serving. 3")).isTrue();
            supervisor.alive();
            assertThat(manager.next()).startsWith("STOPPING=1");
            assertThat(manager.next()).isEqualTo("WATCHDOG=1");
        }
    }

    @Test
    void shouldAskToBeAskedAgainWithoutAManager() {
        ListeningManager manager = manager();
        try (Supervisor supervisor = of(manager)) {
            manager.close();
            assertThat(Arrays.asList(supervisor.alive(), supervisor.status("Serving")))
                    .containsOnly(false);
            supervisor.ready("Serving");
        }
    }

    @Test
    void shouldDoNothingForAProcessWithoutAManager() {
        try (Supervisor supervisor = Supervisor.of(Map.of("WATCHDOG_USEC", "1000000"), OWN_PID)) {
            assertThat(supervisor.isListening()).isFalse();
            assertThat(supervisor.aliveEveryNanos()).isEmpty();
            supervisor.ready("Serving");
            assertThat(supervisor.alive()).isTrue();
            assertThat(supervisor.status("Serving")).isTrue();
        }
    }

    @Test
    void shouldServeEvenIfItCannotTellTheManager() {
        try (Supervisor supervisor =
                Supervisor.of(Map.of("NOTIFY_SOCKET", "vsock:2:1", "WATCHDOG_USEC", "1000000"), OWN_PID)) {
            assertThat(supervisor.isListening()).isFalse();
            assertThat(supervisor.aliveEveryNanos()).isEmpty();
        }
    }

    /** sd_watchdog_enabled(3). */
    @ParameterizedTest
    @CsvSource({
        "30000000,,15000000000",
        "30000000,4711,15000000000",
        "1,,1000000",
        // For another process, for nobody, and nonsense, with which the broker serves all the same.
        "30000000,4712,",
        ",,",
        "0,,",
        "-5,,",
        "x,,",
        "18446744073709551615,,",
        "30000000,x,",
    })
    void shouldTellHalfOfTheWatchdogsTime(String micros, String pid, Long nanos) {
        try (ListeningManager manager = manager();
                Supervisor supervisor = of(
                        manager,
                        "WATCHDOG_USEC=" + (micros == null ? "" : micros),
                        "WATCHDOG_PID=" + (pid == null ? "" : pid))) {
            assertThat(supervisor.aliveEveryNanos())
                    .isEqualTo(nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos));
            supervisor.ready("Serving");
            assertThat(manager.next()).startsWith("READY=1");
        }
    }
}
