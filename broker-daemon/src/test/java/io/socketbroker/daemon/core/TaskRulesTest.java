package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskLimits;
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
        TaskSpec spec = TaskRules.withDefaults(CAT);
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
                        "spec.limits",
                        "NOT_IMPLEMENTED",
                        spec -> spec.setLimits(TaskLimits.newBuilder().setMaxConnections(1))),
                row("spec.systemd", "NOT_IMPLEMENTED", spec -> spec.setSystemd(SystemdLauncher.newBuilder())),
                row(
                        "spec.activation_timeout",
                        "INVALID_FIELD",
                        spec -> spec.setActivationTimeout(Durations.fromMillis(999))),
                row("spec.linger", "NOT_IMPLEMENTED", spec -> spec.setLinger(Durations.fromSeconds(30))),
                row(
                        "spec.conditions",
                        "NOT_IMPLEMENTED",
                        spec -> spec.setConditions(TaskConditions.newBuilder().setNetworkAvailable(true))),
                row("spec.notify_reboot", "NOT_IMPLEMENTED", spec -> spec.setNotifyReboot(true)));
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
                .isThrownBy(() -> TaskRules.withDefaults(spec.build()))
                .satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.valueOf("ERROR_REASON_" + reason));
                    assertThat(refusal.field()).isEqualTo(field);
                });
    }
}
