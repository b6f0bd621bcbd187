package io.socketbroker.client;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A handler to register: what the broker starts when a socket of the task wakes. Immutable; each {@code with} gives a
 * changed copy. The broker checks the values, not this class.
 *
 * <pre>{@code
 * client.registerTask(TaskDefinition.of("echo", "/bin/cat")
 *         .withLimits(ActivationLimits.none().withMaxConnectionsPerSource(10)));
 * }</pre>
 *
 * @param name unique within the application: 1 to 128 characters of [A-Za-z0-9._-]
 * @param spec all that the protocol knows of a task
 */
public record TaskDefinition(String name, TaskSpec spec) {

    /** A task that runs a program, its path absolute, with these arguments. */
    public static TaskDefinition of(String name, String program, String... arguments) {
        return ofCommand(
                name,
                Stream.concat(Stream.of(program), Arrays.stream(arguments)).toList());
    }

    /** A task that runs this command: the absolute path of a program, then its arguments. */
    public static TaskDefinition ofCommand(String name, List<String> command) {
        return new TaskDefinition(
                name,
                TaskSpec.newBuilder()
                        .setExec(ExecLauncher.newBuilder().addAllCommand(command))
                        .build());
    }

    /**
     * A task whose handlers are instances of a systemd unit, whose program claims its sockets.
     *
     * @param unitTemplate for example "socketbroker-handler@.service"; never a path
     * @param manager which one starts them; UNSPECIFIED means the system's for the system broker, and the user's for a
     *     user's broker
     */
    public static TaskDefinition ofUnit(String name, String unitTemplate, Manager manager) {
        return new TaskDefinition(
                name,
                TaskSpec.newBuilder()
                        .setSystemd(SystemdLauncher.newBuilder()
                                .setUnitTemplate(unitTemplate)
                                .setManager(manager))
                        .build());
    }

    /** A task that launches nothing: its wakes wait for a program that attaches, see {@link BrokerClient#attach}. */
    public static TaskDefinition ofSessions(String name) {
        return new TaskDefinition(name, TaskSpec.getDefaultInstance());
    }

    /** How the program finds its socket; by default on descriptors 0 and 1, as under inetd. */
    public TaskDefinition withStyle(LaunchStyle style) {
        return withExec(exec().setStyle(style));
    }

    /** Adds a variable to the program's environment. */
    public TaskDefinition withEnvironment(String variable, String value) {
        return withExec(exec().putEnvironment(variable, value));
    }

    /** Where the program starts; by default "/". */
    public TaskDefinition withWorkingDirectory(Path absolute) {
        return withExec(exec().setWorkingDirectory(absolute.toString()));
    }

    /** What becomes of a socket whose handler ended without saying so: after exit status 0, and after any other end. */
    public TaskDefinition withExitPolicy(ExitAction onSuccess, ExitAction onFailure) {
        return with(spec.toBuilder()
                .setExitPolicy(ExitPolicy.newBuilder().setOnSuccess(onSuccess).setOnFailure(onFailure)));
    }

    /** Handlers of this task at the same time: 1 to 10000; 64 by default. The other limits stay. */
    public TaskDefinition withMaxConcurrency(int handlers) {
        return withLimits(limits().withMaxConcurrency(handlers));
    }

    /** Other limits instead of all those so far. */
    public TaskDefinition withLimits(ActivationLimits limits) {
        return with(
                limits.equals(ActivationLimits.none())
                        ? spec.toBuilder().clearLimits()
                        : spec.toBuilder().setLimits(limits.message()));
    }

    /** What must hold before a handler is woken; nothing by default. */
    public TaskDefinition withConditions(WakeConditions conditions) {
        return with(
                conditions.equals(WakeConditions.none())
                        ? spec.toBuilder().clearConditions()
                        : spec.toBuilder().setConditions(conditions.message()));
    }

    /**
     * Wall-clock limit of one activation, after which the handler gets SIGTERM and, 5 s later, SIGKILL: 1 s to 7 days.
     * Zero means none, the default.
     */
    public TaskDefinition withActivationTimeout(Duration limit) {
        return with(
                limit.isZero()
                        ? spec.toBuilder().clearActivationTimeout()
                        : spec.toBuilder().setActivationTimeout(Protos.duration(limit)));
    }

    /**
     * How long a launched handler that uses {@link ActivatedHandler} stays attached for more work once it has none: at
     * most 1 hour. Zero means that it ends at once, the default.
     */
    public TaskDefinition withLinger(Duration time) {
        return with(
                time.isZero()
                        ? spec.toBuilder().clearLinger()
                        : spec.toBuilder().setLinger(Protos.duration(time)));
    }

    /**
     * Whether the task's handlers are woken once for each socket that was lost in a restart of the host, with SOCKET_CLOSED
     * and the cause REBOOT. Off by default.
     */
    public TaskDefinition withRebootNotice(boolean notify) {
        return with(spec.toBuilder().setNotifyReboot(notify));
    }

    /** Its limits. */
    public ActivationLimits limits() {
        return new ActivationLimits(spec.getLimits());
    }

    /** What must hold before a handler is woken. */
    public WakeConditions conditions() {
        return new WakeConditions(spec.getConditions());
    }

    private ExecLauncher.Builder exec() {
        return spec.getExec().toBuilder();
    }

    private TaskDefinition withExec(ExecLauncher.Builder exec) {
        return with(spec.toBuilder().setExec(exec));
    }

    private TaskDefinition with(TaskSpec.Builder changed) {
        return new TaskDefinition(name, changed.build());
    }
}
