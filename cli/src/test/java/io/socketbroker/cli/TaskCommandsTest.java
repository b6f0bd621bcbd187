package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TaskSpec.LauncherCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskCommandsTest {

    private CannedBroker broker;
    private String directory;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        broker = new CannedBroker(folder);
        directory = folder.toString();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private TaskSpec register(String options, String... command) {
        var words = Stream.of(
                        Stream.of("task", "register", "web", "--runtime-dir", directory),
                        Stream.of(options.split(" ")).filter(word -> !word.isEmpty()),
                        Stream.of(command))
                .flatMap(parts -> parts)
                .toArray(String[]::new);
        assertThat(Run.of(words).err()).isEmpty();
        return broker.registered().getSpec();
    }

    @Test
    void shouldRegisterACommandWithItsOptions() {
        var run = Run.of(
                "task",
                "register",
                "web",
                "--runtime-dir",
                directory,
                "--app",
                "shop",
                "--uid",
                "7",
                "--stdio",
                "listen-fds",
                "--on-exit",
                "rearm",
                "--max-concurrency",
                "9",
                "--env",
                "A=b",
                "--timeout",
                "90s",
                "--",
                "/bin/cat",
                "--app",
                "-u");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsExactly("replaced web");
        var request = broker.registered();
        assertThat(request.getKey().getApp()).isEqualTo("shop");
        assertThat(request.getKey().getUid()).isEqualTo(7);
        assertThat(request.getSpec().getExec().getCommandList()).containsExactly("/bin/cat", "--app", "-u");
        assertThat(request.getSpec().getExec().getStyle()).isEqualTo(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS);
        assertThat(request.getSpec().getExec().getEnvironmentMap()).containsEntry("A", "b");
        assertThat(request.getSpec().getLimits().getMaxConcurrency()).isEqualTo(9);
        assertThat(request.getSpec().getActivationTimeout().getSeconds()).isEqualTo(90);
    }

    @ParameterizedTest
    @CsvSource({"close, CLOSE, CLOSE", "rearm, REARM, RETRY", "retry, CLOSE, RETRY"})
    void shouldTranslateOnExit(String word, String onSuccess, String onFailure) {
        Run.of("task", "register", "web", "--runtime-dir", directory, "--on-exit", word, "--", "/bin/cat");
        var policy = broker.registered().getSpec().getExitPolicy();
        assertThat(policy.getOnSuccess()).isEqualTo(ExitAction.valueOf("EXIT_ACTION_" + onSuccess));
        assertThat(policy.getOnFailure()).isEqualTo(ExitAction.valueOf("EXIT_ACTION_" + onFailure));
    }

    @Test
    void shouldLeaveWhatIsNotSaidToTheBroker() {
        Run.of("task", "register", "web", "--runtime-dir", directory, "--", "/bin/cat");
        var spec = broker.registered().getSpec();
        assertThat(spec.hasExitPolicy() || spec.hasLimits() || spec.hasConditions() || spec.hasLinger())
                .isFalse();
        assertThat(broker.registered().getKey().getApp()).isEmpty();
        assertThat(broker.registered().getKey().hasUid()).isFalse();
    }

    @Test
    void shouldRegisterEveryLimit() {
        var spec = register(
                "--max-concurrency 1 --max-connections 2 --max-connections-per-source 3 --over-limit refuse"
                        + " --activations-per-second 4 --activation-burst 5 --socket-activations-per-second 6"
                        + " --socket-activation-burst 7 --source-activations-per-second 8 --source-activation-burst 9"
                        + " --linger 2m --notify-reboot",
                "--",
                "/bin/cat");
        assertThat(spec.getLimits()).isEqualTo(LIMITS);
        assertThat(spec.getLinger().getSeconds()).isEqualTo(120);
        assertThat(spec.getNotifyReboot()).isTrue();
    }

    private static final TaskLimits LIMITS = TaskLimits.newBuilder()
            .setMaxConcurrency(1)
            .setMaxConnections(2)
            .setMaxConnectionsPerSource(3)
            .setOverLimit(OverLimit.OVER_LIMIT_REFUSE)
            .setActivationsPerSecond(4)
            .setActivationBurst(5)
            .setSocketActivationsPerSecond(6)
            .setSocketActivationBurst(7)
            .setSourceActivationsPerSecond(8)
            .setSourceActivationBurst(9)
            .build();

    private static final TaskConditions CONDITIONS = TaskConditions.newBuilder()
            .setNetworkAvailable(true)
            .setPathExists("/run/ready")
            .setTimeWindow(TimeWindow.newBuilder()
                    .setStart("22:00")
                    .setEnd("06:00")
                    .addAllDays(List.of(6, 7))
                    .setTimeZone("Europe/Berlin"))
            .setMaxCpuPressurePercent(20.5)
            .setMaxMemoryPressurePercent(10)
            .setMaxIoPressurePercent(5)
            .setMaxDeferral(com.google.protobuf.Duration.newBuilder().setSeconds(300))
            .build();

    @Test
    void shouldRegisterEveryCondition() {
        var spec = register(
                "--when-network --when-path /run/ready --when-time 22:00-06:00,sat,sun,Europe/Berlin"
                        + " --max-cpu-pressure 20.5 --max-memory-pressure 10% --max-io-pressure 5 --max-deferral 5m",
                "--", "/bin/cat");
        assertThat(spec.getConditions()).isEqualTo(CONDITIONS);
    }

    @Test
    void shouldRegisterAUnitOrNoLauncher() {
        var unit = register("--unit web@.service --manager user").getSystemd();
        assertThat(unit.getUnitTemplate()).isEqualTo("web@.service");
        assertThat(unit.getManager()).isEqualTo(Manager.MANAGER_USER);
        assertThat(register("--unit web@.service").getSystemd().getManager()).isEqualTo(Manager.MANAGER_UNSPECIFIED);
        assertThat(register("--sessions-only").getLauncherCase()).isEqualTo(LauncherCase.LAUNCHER_NOT_SET);
    }

    @Test
    void shouldShowLimitsConditionsAndLinger() {
        broker.task = Task.newBuilder()
                .setKey(TaskKey.newBuilder().setApp("shop").setName("web"))
                .setSpec(register("--linger 30s --unit web@.service --manager user").toBuilder()
                        .setLimits(LIMITS)
                        .setConditions(CONDITIONS))
                .build();
        var limits = "1 handlers, 2 connections, 3 connections of a source, refuses more, 4 wakes/s (5 at once),"
                + " 6 wakes/s of a socket (7 at once), 8 wakes/s of a source (9 at once)";
        var conditions = "network, path /run/ready, 22:00-06:00 sat,sun Europe/Berlin, cpu pressure below 20.5%,"
                + " memory pressure below 10%, io pressure below 5%, after 5m in any case";
        assertThat(Run.of("task", "show", "web", "--runtime-dir", directory).out())
                .contains("command           unit web@.service of the user manager")
                .contains("limits            " + limits)
                .contains("conditions        " + conditions)
                .contains("linger            30s");
        assertThat(Run.of("task", "list", "--runtime-dir", directory).out())
                .last()
                .asString()
                .contains(limits.substring(0, 57) + "...")
                .contains("  30s  ")
                .contains(conditions.substring(0, 57) + "...")
                .endsWith("  unit web@.service of the user manager");
    }

    @Test
    void shouldShowNothingForDefaults() {
        assertThat(Run.of("task", "show", "web", "--runtime-dir", directory).out())
                .contains("command           attached sessions only")
                .contains("limits            -")
                .contains("conditions        -")
                .contains("linger            -");
    }
}
