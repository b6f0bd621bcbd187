package io.socketbroker.cli;

import io.socketbroker.client.TaskDefinition;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher.Manager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the handlers of a task are started. */
final class LauncherArguments {

    @Option(
            names = "--stdio",
            paramLabel = "STYLE",
            converter = StyleConverter.class,
            description = "How the command finds its socket. socket (default): on descriptors 0 and 1, as inetd."
                    + " listen-fds: from 3 on with LISTEN_FDS, as systemd. claim: it asks the broker with a token.")
    private @Nullable LaunchStyle style;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "Adds to the command's environment.")
    private Map<String, String> environment = Map.of();

    @Option(names = "--working-dir", paramLabel = "D", description = "Where the command starts; default: /.")
    private @Nullable Path workingDirectory;

    @Option(
            names = "--unit",
            paramLabel = "TEMPLATE",
            description = "Instead of a command: start instances of this systemd unit, for example"
                    + " socketbroker-handler@.service. Its program claims the socket.")
    private @Nullable String unit;

    @Option(
            names = "--manager",
            paramLabel = "WHICH",
            converter = ManagerConverter.class,
            description = "With --unit: system or user. Default: system for the system broker, user for a user's.")
    private @Nullable Manager manager;

    @Option(
            names = "--sessions-only",
            description = "Instead of a command: start nothing, and let wakes wait for a program that attaches.")
    private boolean sessionsOnly;

    /** The task with its launcher. */
    TaskDefinition define(String name, List<String> command) {
        int launchers = (command.isEmpty() ? 0 : 1) + (unit == null ? 0 : 1) + (sessionsOnly ? 1 : 0);
        if (launchers != 1) {
            throw wrong("name one of a command after \"--\", --unit and --sessions-only");
        }
        if (manager != null && unit == null) {
            throw wrong("--manager goes with --unit");
        }
        if (!command.isEmpty()) {
            return ofCommand(name, command);
        }
        if (style != null || !environment.isEmpty() || workingDirectory != null) {
            throw wrong("--stdio, --env and --working-dir go with a command; a unit has its own");
        }
        return unit == null
                ? TaskDefinition.ofSessions(name)
                : TaskDefinition.ofUnit(name, unit, manager == null ? Manager.MANAGER_UNSPECIFIED : manager);
    }

    private TaskDefinition ofCommand(String name, List<String> command) {
        var task = TaskDefinition.ofCommand(name, command)
                .withStyle(style == null ? LaunchStyle.LAUNCH_STYLE_SOCKET : style);
        if (workingDirectory != null) {
            task = task.withWorkingDirectory(workingDirectory);
        }
        for (var variable : environment.entrySet()) {
            task = task.withEnvironment(variable.getKey(), variable.getValue());
        }
        return task;
    }

    private static CommandFailure wrong(String what) {
        return new CommandFailure(ExitCode.USAGE, what);
    }

    /** The words of --stdio. */
    static final class StyleConverter extends EnumConverter<LaunchStyle> {
        StyleConverter() {
            super(LaunchStyle.class, "LAUNCH_STYLE_");
        }
    }

    /** The words of --manager. */
    static final class ManagerConverter extends EnumConverter<Manager> {
        ManagerConverter() {
            super(Manager.class, "MANAGER_");
        }
    }
}
