package io.socketbroker.configuration;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * A declared task. Immutable.
 *
 * @param name unique among the declared tasks
 * @param spec what it does
 * @param origin where it is declared
 */
public record TaskDeclaration(String name, TaskSpec spec, Origin origin) {
    /** What contradicts is added to the problems. */
    static TaskDeclaration of(Values values, List<Problem> problems) {
        TaskSpec.Builder spec = TaskSpec.newBuilder()
                .setExitPolicy(exitPolicy(values))
                .setLimits(limits(values))
                .setConditions(conditions(values))
                .setNotifyReboot(values.get(TaskKeys.NOTIFY_REBOOT));
        launcher(values, spec, problems);
        values.find(TaskKeys.TIMEOUT).map(Protos::duration).ifPresent(spec::setActivationTimeout);
        values.find(TaskKeys.LINGER).map(Protos::duration).ifPresent(spec::setLinger);
        return new TaskDeclaration(values.get(TaskKeys.TASK_NAME), spec.build(), values.origin());
    }

    private static void launcher(Values values, TaskSpec.Builder spec, List<Problem> problems) {
        int launchers = (values.has(TaskKeys.COMMAND) ? 1 : 0)
                + (values.has(TaskKeys.UNIT) ? 1 : 0)
                + (values.get(TaskKeys.SESSIONS_ONLY) ? 1 : 0);
        if (launchers != 1) {
            problems.add(new Problem(
                    values.origin(),
                    "task " + values.get(TaskKeys.TASK_NAME) + " has " + (launchers == 0 ? "none" : "more than one")
                            + " of command, unit and sessions-only; write one of them"));
        }
        if (!values.has(TaskKeys.COMMAND)) {
            needs(
                    values,
                    List.of(TaskKeys.STDIO, TaskKeys.ENVIRONMENT, TaskKeys.WORKING_DIRECTORY),
                    TaskKeys.COMMAND,
                    problems);
        }
        if (!values.has(TaskKeys.UNIT)) {
            needs(values, List.of(TaskKeys.MANAGER), TaskKeys.UNIT, problems);
        }
        values.find(TaskKeys.COMMAND).ifPresent(command -> {
            if (!command.getFirst().startsWith("/")) {
                problems.add(new Problem(
                        values.origin(TaskKeys.COMMAND),
                        "command: the program '" + command.getFirst() + "' must be an absolute path"));
            }
            spec.setExec(exec(values, command));
        });
        values.find(TaskKeys.UNIT).ifPresent(unit -> {
            SystemdLauncher.Builder systemd = SystemdLauncher.newBuilder().setUnitTemplate(unit);
            values.find(TaskKeys.MANAGER).ifPresent(systemd::setManager);
            spec.setSystemd(systemd);
        });
    }

    private static void needs(Values values, List<Key<?>> keys, Key<?> other, List<Problem> problems) {
        keys.stream()
                .filter(values::has)
                .forEach(key ->
                        problems.add(new Problem(values.origin(key), key.name() + " goes with " + other.name())));
    }

    private static ExecLauncher exec(Values values, List<String> command) {
        Path directory = values.get(TaskKeys.WORKING_DIRECTORY);
        ExecLauncher.Builder exec = ExecLauncher.newBuilder()
                .addAllCommand(command)
                .setStyle(values.get(TaskKeys.STDIO))
                .setWorkingDirectory(directory.equals(Path.of("/")) ? "" : directory.toString());
        values.find(TaskKeys.ENVIRONMENT).ifPresent(exec::putAllEnvironment);
        return exec.build();
    }

    private static ExitPolicy exitPolicy(Values values) {
        ExitPolicy.Builder policy = ExitPolicy.newBuilder();
        values.find(TaskKeys.ON_EXIT).ifPresent(action -> {
            boolean closes = action == ExitAction.EXIT_ACTION_CLOSE;
            policy.setOnSuccess(action == ExitAction.EXIT_ACTION_RETRY ? ExitAction.EXIT_ACTION_CLOSE : action);
            policy.setOnFailure(closes ? action : ExitAction.EXIT_ACTION_RETRY);
        });
        values.find(TaskKeys.ON_SUCCESS).ifPresent(policy::setOnSuccess);
        values.find(TaskKeys.ON_FAILURE).ifPresent(policy::setOnFailure);
        return policy.build();
    }

    private static TaskLimits limits(Values values) {
        TaskLimits.Builder limits = TaskLimits.newBuilder()
                .setMaxConcurrency(values.get(TaskKeys.MAX_CONCURRENCY))
                .setMaxConnections(values.get(TaskKeys.MAX_CONNECTIONS))
                .setMaxConnectionsPerSource(values.get(TaskKeys.MAX_CONNECTIONS_PER_SOURCE))
                .setActivationsPerSecond(values.get(TaskKeys.PER_SECOND))
                .setSocketActivationsPerSecond(values.get(TaskKeys.SOCKET_PER_SECOND))
                .setSourceActivationsPerSecond(values.get(TaskKeys.SOURCE_PER_SECOND));
        values.find(TaskKeys.OVER_LIMIT).ifPresent(limits::setOverLimit);
        values.find(TaskKeys.BURST).ifPresent(limits::setActivationBurst);
        values.find(TaskKeys.SOCKET_BURST).ifPresent(limits::setSocketActivationBurst);
        values.find(TaskKeys.SOURCE_BURST).ifPresent(limits::setSourceActivationBurst);
        return limits.build();
    }

    private static TaskConditions conditions(Values values) {
        TaskConditions.Builder conditions = TaskConditions.newBuilder()
                .setNetworkAvailable(values.get(TaskKeys.WHEN_NETWORK))
                .setMaxCpuPressurePercent(values.get(TaskKeys.MAX_CPU_PRESSURE))
                .setMaxMemoryPressurePercent(values.get(TaskKeys.MAX_MEMORY_PRESSURE))
                .setMaxIoPressurePercent(values.get(TaskKeys.MAX_IO_PRESSURE));
        values.find(TaskKeys.WHEN_PATH).ifPresent(path -> conditions.setPathExists(path.toString()));
        values.find(TaskKeys.WHEN_TIME).ifPresent(conditions::setTimeWindow);
        values.find(TaskKeys.MAX_DEFERRAL).map(Protos::duration).ifPresent(conditions::setMaxDeferral);
        return conditions.build();
    }
}
