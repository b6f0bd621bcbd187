package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.socketbroker.v1.ExplainRequest;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.UnregisterTaskRequest;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks that the broker does not take, and what it says of what it cannot do yet. */
final class TaskRefusalIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private static Arguments row(
            String what, Code code, String reason, String field, Consumer<TaskSpec.Builder> change) {
        return Arguments.argumentSet(what, code, reason, field, change);
    }

    private static Arguments command(String what, Code code, String reason, String program) {
        return row(
                what,
                code,
                reason,
                "spec.exec.command",
                spec -> spec.getExecBuilder().setCommand(0, program));
    }

    private static Arguments invalid(String what, String field, Consumer<TaskSpec.Builder> change) {
        return row(what, Code.INVALID_ARGUMENT, "INVALID_FIELD", field, change);
    }

    static Stream<Arguments> specifications() {
        return Stream.of(
                command("relative", Code.INVALID_ARGUMENT, "COMMAND_NOT_ABSOLUTE", "bin/cat"),
                command("a bare name", Code.INVALID_ARGUMENT, "COMMAND_NOT_ABSOLUTE", "cat"),
                command("empty", Code.INVALID_ARGUMENT, "COMMAND_NOT_ABSOLUTE", ""),
                command("does not exist", Code.FAILED_PRECONDITION, "COMMAND_NOT_EXECUTABLE", "/no/such/program"),
                command("a folder", Code.FAILED_PRECONDITION, "COMMAND_NOT_EXECUTABLE", "/bin"),
                command("not executable", Code.FAILED_PRECONDITION, "COMMAND_NOT_EXECUTABLE", "/etc/passwd"),
                command("with NUL", Code.FAILED_PRECONDITION, "COMMAND_NOT_EXECUTABLE", "/bin/cat\0"),
                invalid(
                        "no command",
                        "spec.exec.command",
                        spec -> spec.getExecBuilder().clearCommand()),
                invalid(
                        "257 arguments",
                        "spec.exec.command",
                        spec -> spec.getExecBuilder().addAllCommand(Collections.nCopies(256, "x"))),
                invalid(
                        "argument with NUL",
                        "spec.exec.command",
                        spec -> spec.getExecBuilder().addCommand("a\0b")),
                invalid(
                        "64 KiB of arguments",
                        "spec.exec.command",
                        spec -> spec.getExecBuilder().addCommand("x".repeat(65_536))),
                invalid(
                        "relative folder",
                        "spec.exec.working_directory",
                        spec -> spec.getExecBuilder().setWorkingDirectory("tmp")),
                invalid(
                        "reserved variable",
                        "spec.exec.environment",
                        spec -> spec.getExecBuilder().putEnvironment("SOCKETBROKER_TOKEN", "x")),
                invalid(
                        "reserved LISTEN_FDS",
                        "spec.exec.environment",
                        spec -> spec.getExecBuilder().putEnvironment("LISTEN_FDS", "7")),
                invalid(
                        "variable with =",
                        "spec.exec.environment",
                        spec -> spec.getExecBuilder().putEnvironment("A=B", "x")),
                invalid(
                        "variable without a name",
                        "spec.exec.environment",
                        spec -> spec.getExecBuilder().putEnvironment("", "x")),
                invalid(
                        "unknown style",
                        "spec.exec.style",
                        spec -> spec.getExecBuilder().setStyleValue(99)),
                invalid(
                        "unknown exit action",
                        "spec.exit_policy",
                        spec -> spec.getExitPolicyBuilder().setOnFailureValue(99)),
                invalid(
                        "too many handlers",
                        "spec.limits.max_concurrency",
                        spec -> spec.getLimitsBuilder().setMaxConcurrency(10_001)),
                invalid(
                        "a unit with a path",
                        "spec.systemd.unit_template",
                        spec -> spec.setSystemd(SystemdLauncher.newBuilder().setUnitTemplate("../../tmp/x@.service"))),
                invalid(
                        "limits that contradict",
                        "spec.limits.max_connections_per_source",
                        spec -> spec.getLimitsBuilder().setMaxConnections(1).setMaxConnectionsPerSource(2)),
                invalid(
                        "a burst without a rate",
                        "spec.limits.activation_burst",
                        spec -> spec.getLimitsBuilder().setActivationBurst(1)),
                invalid(
                        "too short a time",
                        "spec.activation_timeout",
                        spec -> spec.setActivationTimeout(Durations.fromMillis(999))),
                invalid(
                        "too long a time",
                        "spec.activation_timeout",
                        spec -> spec.setActivationTimeout(Durations.fromDays(8))),
                invalid("a lingering inetd program", "spec.linger", spec -> spec.setLinger(Durations.fromSeconds(5))),
                invalid(
                        "a relative path",
                        "spec.conditions.path_exists",
                        spec -> spec.setConditions(TaskConditions.newBuilder().setPathExists("here"))));
    }

    @ParameterizedTest
    @MethodSource("specifications")
    void shouldRefuse(Code code, String reason, String field, Consumer<TaskSpec.Builder> change) {
        ProtocolClient client = broker.client();
        TaskSpec.Builder spec = Specs.command("/bin/cat").toBuilder();
        change.accept(spec);
        Refusal.of(() -> client.register("task", spec.build())).expect(code, reason, field);
        assertThat(client.tasks()
                        .listTasks(ListTasksRequest.getDefaultInstance())
                        .getTasksList())
                .isEmpty();
    }

    @Test
    void shouldRefuseATaskNameThatIsNone() {
        ProtocolClient client = broker.client();
        for (String name : List.of("", "a b", "a/b", "x".repeat(129))) {
            Refusal.of(() -> client.register(name, Specs.command("/bin/cat")))
                    .expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "key.name");
        }
    }

    private static UnregisterTaskRequest unregister(SocketDisposition disposition) {
        return UnregisterTaskRequest.newBuilder()
                .setKey(TaskKey.newBuilder().setName("task"))
                .setSockets(disposition)
                .build();
    }

    @Test
    void shouldKeepOrphansForATaskThatComesBack() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        client.register("task", Specs.lineAnswerer());
        client.park(link.mine(), "task", "s");
        Refusal.of(() -> client.tasks().unregisterTask(unregister(SocketDisposition.SOCKET_DISPOSITION_UNSPECIFIED)))
                .expect(Code.FAILED_PRECONDITION, "TASK_IN_USE", "sockets");
        client.tasks().unregisterTask(unregister(SocketDisposition.SOCKET_DISPOSITION_ORPHAN));
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_ORPHANED);
        link.peer().send("while away\n");
        client.register("task", Specs.lineAnswerer());
        assertThat(link.peer().readLine()).isEqualTo("got while away");
        Await.parked(client, "s");
        client.tasks().unregisterTask(unregister(SocketDisposition.SOCKET_DISPOSITION_CLOSE));
        link.peer().expectEnd();
        Refusal.of(() -> client.tasks()
                        .getTask(GetTaskRequest.newBuilder()
                                .setKey(TaskKey.newBuilder().setName("task"))
                                .build()))
                .expect(Code.NOT_FOUND, "TASK_UNKNOWN", "key");
    }

    @Test
    void shouldSayWhatIsNotThere() {
        ProtocolClient client = broker.client();
        Refusal.of(() -> client.admin().explain(ExplainRequest.getDefaultInstance()))
                .expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "key");
    }
}
