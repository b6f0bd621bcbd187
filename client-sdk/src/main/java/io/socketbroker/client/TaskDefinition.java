package io.socketbroker.client;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
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
 * client.registerTask(TaskDefinition.of("echo", "/bin/cat").withMaxConcurrency(100));
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

    /** Handlers of this task at the same time: 1 to 10000; 64 by default. */
    public TaskDefinition withMaxConcurrency(int handlers) {
        return with(spec.toBuilder().setLimits(spec.getLimits().toBuilder().setMaxConcurrency(handlers)));
    }

    /** Wall-clock limit of one activation: 1 s to 7 days; none by default. */
    public TaskDefinition withActivationTimeout(Duration limit) {
        return with(spec.toBuilder().setActivationTimeout(Protos.duration(limit)));
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
