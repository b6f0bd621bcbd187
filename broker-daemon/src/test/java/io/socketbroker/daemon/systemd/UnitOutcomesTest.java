package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Signals;
import io.socketbroker.v1.SystemdLauncher.Manager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of units under a real manager, on its private socket. */
@Tag("systemd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnitOutcomesTest {
    private UserManager manager;
    private UnitLauncher launcher;
    private boolean running;
    private long lastActivation;
    private Map<Integer, String> descriptors;

    @BeforeAll
    void startManager(@TempDir Path folder) throws Exception {
        manager = new UserManager(folder, false);
        descriptors = Descriptors.open();
        launcher = new UnitLauncher(manager.runtimeDirectory(), manager.environment());
        running = true;
    }

    @AfterAll
    void stopManager() throws Exception {
        if (!running) {
            return;
        }
        launcher.close();
        Map<Integer, String> after = Descriptors.open();
        manager.close();
        assertThat(after).isEqualTo(descriptors);
    }

    @AfterEach
    void shouldLeaveNoEnvironment() throws IOException {
        try (Stream<Path> files = Files.list(manager.runtimeDirectory().resolve("activations"))) {
            assertThat(files).isEmpty();
        }
    }

    private Recorder launch(String template) {
        return launch(template, Map.of("SOCKETBROKER_TOKEN", "0123"));
    }

    private Recorder launch(String template, Map<String, String> environment) {
        Recorder outcome = new Recorder();
        launcher.launch(Launches.of(template, ++lastActivation, Manager.MANAGER_USER, environment), outcome);
        return outcome;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        failing       | failure: unit UNIT failed: exit-code, status 3
        collected     | failure: unit UNIT failed: exit-code, status 3
        tolerant      | success: unit UNIT ended: status 3
        killed        | failure: unit UNIT failed: signal, SIGKILL
        missing       | failure: unit UNIT failed: exit-code, status 203/EXEC
        missingsimple | failure: unit UNIT failed: exit-code, status 203/EXEC
        slow          | failure: unit UNIT failed: timeout, SIGTERM
        remaining     | success: unit UNIT ended: status 0
        restarting    | failure: unit UNIT failed: exit-code, status 3
        """)
    void shouldTellHowAProgramEnded(String template, String end) throws Exception {
        Recorder outcome = launch(template);

        assertThat(outcome.all()).containsExactly("started PID", end.replace("UNIT", unit(template)));
        assertThat(outcome.pid()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        absent        | the manager refuses: Unit NAME not found.
        masked        | the manager refuses: Unit NAME is masked.
        invalid       | the manager refuses: Unit NAME has a bad unit file setting.
        noenvironment | failed: resources
        preparing     | failed: exit-code
        condition     | did not run: a condition of it is not met
        assertion     | did not start: its job ended as assert
        dependent     | did not start: its job ended as dependency
        programless   | has no main program
        """)
    void shouldTellWhyNoProgramRan(String template, String error) throws Exception {
        Recorder outcome = launch(template);

        String unit = unit(template);
        List<String> told = outcome.all();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst()).startsWith("failed: unit " + unit).endsWith(error.replace("NAME", unit));
    }

    private String unit(String template) {
        return template + "@" + lastActivation + ".service";
    }

    @Test
    void shouldRunARestartingUnitOnce() throws Exception {
        Files.deleteIfExists(manager.runtime().resolve("runs"));

        launch("restarting").all();
        manager.reload();

        assertThat(manager.written("runs")).isEqualTo("run\n");
    }

    @Test
    void shouldGiveTheProgramItsEnvironment() throws Exception {
        String odd =
                " two  spaces, \"quotes\" 'single' $HOME `id` \\ \\n %i ; # = \u00fc \ud83d\ude00\tand\na\nnewline\\";

        assertThat(launch("printenv", Map.of("ODD", odd, "EMPTY", "")).all())
                .containsExactly("started PID", "success: unit " + unit("printenv") + " ended: status 0");

        assertThat(manager.written("printed").split("\0")).contains("ODD=" + odd, "EMPTY=");
    }

    @Test
    void shouldKeepTheEnvironmentToTheOwnerWhileTheUnitRuns() throws Exception {
        Recorder outcome = launch("sleeper", Map.of("SOCKETBROKER_TOKEN", "0123"));
        assertThat(outcome.next()).isEqualTo("started PID");

        Path folder = manager.runtimeDirectory().resolve("activations");
        Path file = folder.resolve(lastActivation + ".env");
        assertThat(Files.readString(file)).isEqualTo("SOCKETBROKER_TOKEN=\"0123\"\n");
        assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(Files.getPosixFilePermissions(folder)).hasSize(3);
        launcher.signal(lastActivation, Signals.SIGTERM);
        assertThat(outcome.next()).isEqualTo("failure: unit " + unit("sleeper") + " ended: SIGTERM");
    }

    @ParameterizedTest
    @CsvSource({"sleeper", "execsleeper", "notifying"})
    void shouldStartWhateverTheType(String template) throws Exception {
        Recorder outcome = launch(template);

        assertThat(outcome.next()).isEqualTo("started PID");
        assertThat(Files.readString(Path.of("/proc", Integer.toString(outcome.pid()), "cgroup")))
                .contains(unit(template));
        launcher.signal(lastActivation, Signals.SIGTERM);
        assertThat(outcome.next()).isEqualTo("failure: unit " + unit(template) + " ended: SIGTERM");
    }

    @Test
    void shouldRunTheShippedExample() throws Exception {
        String name = "socketbroker-handler@.service";
        Path units = manager.runtime().resolveSibling("config/systemd/user");
        Files.copy(Path.of("../systemd/user", name), units.resolve(name));
        Files.writeString(Files.createDirectory(units.resolve(name + ".d")).resolve("program.conf"), """
                [Service]
                ExecStart=
                ExecStart=/bin/sh -c 'echo "$SOCKETBROKER_TOKEN" > %t/token'
                """);
        manager.reload();

        assertThat(launch("socketbroker-handler").all())
                .containsExactly("started PID", "success: unit " + unit("socketbroker-handler") + " ended: status 0");
        assertThat(manager.written("token")).isEqualTo("0123\n");
    }

    @Test
    void shouldKillWhatDoesNotStop() throws Exception {
        Recorder outcome = launch("stubborn");
        assertThat(outcome.next()).isEqualTo("started PID");
        Awaitility.await().until(() -> Files.exists(manager.runtime().resolve("trapped")));

        launcher.signal(lastActivation, Signals.SIGTERM);
        launcher.signal(lastActivation, Signals.SIGKILL);

        assertThat(outcome.next()).isEqualTo("failure: unit " + unit("stubborn") + " failed: signal, SIGKILL");
    }

    @Test
    void shouldRunManyAtOnceAndTellEachOnce() throws Exception {
        List<Recorder> outcomes =
                Stream.generate(() -> launch("failing")).limit(100).toList();

        for (Recorder outcome : outcomes) {
            assertThat(outcome.all()).hasSize(2).first().isEqualTo("started PID");
            assertThat(outcome.rest()).isEmpty();
        }
    }

    @Test
    void shouldFollowAUnitOverReloadAndReexecution() throws Exception {
        Recorder outcome = launch("execsleeper");
        assertThat(outcome.next()).isEqualTo("started PID");

        manager.reload();
        manager.reexecute();
        assertThat(launch("tolerant").all()).hasSize(2);
        assertThat(outcome.rest()).isEmpty();

        ProcessHandle.of(outcome.pid()).orElseThrow().destroyForcibly();
        assertThat(outcome.next()).endsWith(" failed: signal, SIGKILL");
    }

    @Test
    void shouldRefuseAnInstanceThatRunsAlready() throws Exception {
        Recorder first = launch("sleeper");
        assertThat(first.next()).isEqualTo("started PID");

        try (UnitLauncher other = new UnitLauncher(manager.runtime().resolve("other"), manager.environment())) {
            Files.createDirectories(manager.runtime().resolve("other"));
            Recorder second = new Recorder();
            other.launch(Launches.of("sleeper", lastActivation), second);
            assertThat(second.next())
                    .isEqualTo("failed: unit " + unit("sleeper") + ": a unit of this name is active already");
        }

        launcher.signal(lastActivation, Signals.SIGKILL);
        assertThat(first.next()).contains("SIGKILL");
    }
}
