package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import io.socketbroker.v1.TaskSpec;
import java.util.Collections;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TaskRulesTest {
    private static final TaskSpec CAT = TaskSpec.newBuilder()
            .setExec(ExecLauncher.newBuilder().addCommand("/bin/cat"))
            .build();

    @Test
    void shouldFillInDefaults() {
        TaskSpec spec = TaskRules.withDefaults(CAT, Manager.MANAGER_SYSTEM);
        assertThat(spec.getExec().getStyle()).isEqualTo(LaunchStyle.LAUNCH_STYLE_SOCKET);
        assertThat(spec.getLimits().getMaxConcurrency()).isEqualTo(64);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                row("spec.exec.command", "INVALID_FIELD", spec -> spec.setExec(ExecLauncher.newBuilder())),
                row(
                        "spec.exec.command",
                        "INVALID_FIELD",
                        spec -> spec.setExec(ExecLauncher.newBuilder().addAllCommand(Collections.nCopies(257, "/x")))),
                row(
                        "spec.exec.command",
                        "INVALID_FIELD",
                        spec -> spec.setExec(
                                ExecLauncher.newBuilder().addCommand("/x").addCommand("y".repeat(70_000)))),
                row(
                        "spec.exec.command",
                        "COMMAND_NOT_ABSOLUTE",
                        spec -> spec.setExec(ExecLauncher.newBuilder().addCommand("cat"))),
                row(
                        "spec.exec.command",
                        "INVALID_FIELD",
                        spec -> spec.setExec(ExecLauncher.newBuilder().addCommand("/bin/\0cat"))),
                row(
                        "spec.exec.working_directory",
                        "INVALID_FIELD",
                        spec -> spec.getExecBuilder().setWorkingDirectory("tmp")),
                row(
                        "spec.exec.environment",
                        "INVALID_FIELD",
                        spec -> spec.getExecBuilder().putEnvironment("LISTEN_FDS", "9")),
                row(
                        "spec.exec.environment",
                        "INVALID_FIELD",
                        spec -> spec.getExecBuilder().putEnvironment("SOCKETBROKER_TOKEN", "x")),
                row(
                        "spec.exec.environment",
                        "INVALID_FIELD",
                        spec -> spec.getExecBuilder().putEnvironment("A=B", "x")),
                row(
                        "spec.limits.max_concurrency",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setMaxConcurrency(10_001))),
                row(
                        "spec.limits.max_concurrency",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setMaxConcurrency(-1))),
                row(
                        "spec.limits.max_connections",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setMaxConnections(1_000_001))),
                row(
                        "spec.limits.max_connections_per_source",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(
                                TaskLimits.newBuilder().setMaxConnections(2).setMaxConnectionsPerSource(3))),
                row(
                        "spec.limits.over_limit",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setOverLimit(OverLimit.OVER_LIMIT_REFUSE))),
                row(
                        "spec.limits.activation_burst",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setActivationBurst(1))),
                row(
                        "spec.limits.source_activations_per_second",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setSourceActivationsPerSecond(-1))),
                row(
                        "spec.limits.socket_activation_burst",
                        "INVALID_FIELD",
                        spec -> spec.setLimits(TaskLimits.newBuilder()
                                .setSocketActivationsPerSecond(1)
                                .setSocketActivationBurst(1_000_001))),
                row("spec.systemd.unit_template", "INVALID_FIELD", spec -> unit(spec, "")),
                row("spec.systemd.unit_template", "INVALID_FIELD", spec -> unit(spec, "x.service")),
                row("spec.systemd.unit_template", "INVALID_FIELD", spec -> unit(spec, "../x@.service")),
                row("spec.systemd.unit_template", "INVALID_FIELD", spec -> unit(spec, "/etc/x@.service")),
                row("spec.systemd.unit_template", "INVALID_FIELD", spec -> unit(spec, "x@instance.service")),
                row(
                        "spec.activation_timeout",
                        "INVALID_FIELD",
                        spec -> spec.setActivationTimeout(Durations.fromMillis(999))),
                row("spec.linger", "INVALID_FIELD", spec -> spec.setLinger(Durations.fromSeconds(30))),
                row("spec.linger", "INVALID_FIELD", spec -> spec.setLinger(Durations.fromHours(2))),
                row(
                        "spec.conditions.path_exists",
                        "INVALID_FIELD",
                        spec -> when(spec).setPathExists("relative")),
                row(
                        "spec.conditions.max_cpu_pressure_percent",
                        "INVALID_FIELD",
                        spec -> when(spec).setMaxCpuPressurePercent(101)),
                row(
                        "spec.conditions.max_io_pressure_percent",
                        "INVALID_FIELD",
                        spec -> when(spec).setMaxIoPressurePercent(Double.NaN)),
                row(
                        "spec.conditions.max_deferral",
                        "INVALID_FIELD",
                        spec -> when(spec).setMaxDeferral(Durations.fromSeconds(5))),
                row(
                        "spec.conditions.max_deferral",
                        "INVALID_FIELD",
                        spec -> when(spec).setNetworkAvailable(true).setMaxDeferral(Durations.fromMillis(5))),
                row("spec.conditions.time_window.start", "INVALID_FIELD", spec -> window(spec, "25:00", "05:00")),
                row("spec.conditions.time_window.end", "INVALID_FIELD", spec -> window(spec, "22:00", "22:00")),
                row(
                        "spec.conditions.time_window.days[0]",
                        "INVALID_FIELD",
                        spec -> window(spec, "22:00", "05:00").addDays(8)),
                row(
                        "spec.conditions.time_window.time_zone",
                        "INVALID_FIELD",
                        spec -> window(spec, "22:00", "05:00").setTimeZone("Nowhere/Land")));
    }

    private static void unit(TaskSpec.Builder spec, String template) {
        spec.setSystemd(SystemdLauncher.newBuilder().setUnitTemplate(template));
    }

    private static TaskConditions.Builder when(TaskSpec.Builder spec) {
        return spec.getConditionsBuilder();
    }

    private static TimeWindow.Builder window(TaskSpec.Builder spec, String start, String end) {
        return spec.getConditionsBuilder()
                .getTimeWindowBuilder()
                .setStart(start)
                .setEnd(end);
    }

    private static Arguments row(String field, String reason, Consumer<TaskSpec.Builder> change) {
        return Arguments.of(field, reason, change);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldRefuseAndNameTheField(String field, String reason, Consumer<TaskSpec.Builder> change) {
        TaskSpec.Builder spec = CAT.toBuilder();
        change.accept(spec);
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> TaskRules.withDefaults(spec.build(), Manager.MANAGER_SYSTEM))
                .satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.valueOf("ERROR_REASON_" + reason));
                    assertThat(refusal.field()).isEqualTo(field);
                });
    }
}
