package io.socketbroker.daemon.core;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the specification of a task may hold. Every check throws a refusal that names the field. */
final class TaskRules {
    private static final Duration LONGEST_LINGER = Durations.fromHours(1);
    private static final Duration SHORTEST_TIMEOUT = Durations.fromSeconds(1);
    private static final Duration LONGEST_TIMEOUT = Durations.fromDays(7);
    private static final int MOST_ARGUMENTS = 256;
    private static final int MOST_COMMAND_BYTES = 64 * 1024;
    private static final int MOST_VARIABLES = 128;
    private static final int MOST_ENVIRONMENT_BYTES = 32 * 1024;

    private TaskRules() {}

    /**
     * The specification as it will be used. Whether the program exists is the shell's to check: it takes I/O.
     *
     * @param defaultManager of units whose specification names none
     */
    static TaskSpec withDefaults(TaskSpec spec, Manager defaultManager) {
        TaskSpec.Builder complete = spec.toBuilder();
        if (spec.hasSystemd()) {
            checkUnit(spec.getSystemd());
            if (spec.getSystemd().getManager() == Manager.MANAGER_UNSPECIFIED) {
                complete.getSystemdBuilder().setManager(defaultManager);
            }
        }
        if (spec.hasExec()) {
            checkExec(spec.getExec());
            if (spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_UNSPECIFIED) {
                complete.getExecBuilder().setStyle(LaunchStyle.LAUNCH_STYLE_SOCKET);
            }
        }
        if (spec.getExitPolicy().getOnSuccess() == ExitAction.UNRECOGNIZED
                || spec.getExitPolicy().getOnFailure() == ExitAction.UNRECOGNIZED) {
            throw ItemRules.invalid("spec.exit_policy", "must be CLOSE, REARM or RETRY");
        }
        LimitRules.check(spec.getLimits(), "spec.limits");
        ConditionRules.check(spec.getConditions(), "spec.conditions");
        if (spec.getLimits().getMaxConcurrency() == 0) {
            complete.getLimitsBuilder().setMaxConcurrency(BrokerLimits.DEFAULT_MAX_CONCURRENCY);
        }
        checkTimeout(spec);
        checkLinger(spec);
        return complete.build();
    }

    private static void checkExec(ExecLauncher exec) {
        if (exec.getCommandCount() == 0 || exec.getCommandCount() > MOST_ARGUMENTS) {
            throw ItemRules.invalid("spec.exec.command", "must have 1 to " + MOST_ARGUMENTS + " strings");
        }
        long bytes = 0;
        for (String argument : exec.getCommandList()) {
            checkNoNul(argument, "spec.exec.command");
            bytes += argument.getBytes(StandardCharsets.UTF_8).length + 1L;
        }
        if (bytes > MOST_COMMAND_BYTES) {
            throw ItemRules.invalid("spec.exec.command", "must be at most " + MOST_COMMAND_BYTES + " bytes in all");
        }
        if (!exec.getCommand(0).startsWith("/")) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_COMMAND_NOT_ABSOLUTE,
                    "spec.exec.command",
                    "the program '" + exec.getCommand(0) + "' must be an absolute path");
        }
        if (exec.getStyle() == LaunchStyle.UNRECOGNIZED) {
            throw ItemRules.invalid("spec.exec.style", "must be SOCKET, LISTEN_FDS or CLAIM");
        }
        if (!exec.getWorkingDirectory().isEmpty() && !exec.getWorkingDirectory().startsWith("/")) {
            throw ItemRules.invalid("spec.exec.working_directory", "must be an absolute path");
        }
        checkNoNul(exec.getWorkingDirectory(), "spec.exec.working_directory");
        checkEnvironment(exec.getEnvironmentMap());
    }

    private static void checkEnvironment(Map<String, String> environment) {
        if (environment.size() > MOST_VARIABLES) {
            throw ItemRules.invalid("spec.exec.environment", "must have at most " + MOST_VARIABLES + " entries");
        }
        long bytes = 0;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            String name = variable.getKey();
            checkNoNul(name + variable.getValue(), "spec.exec.environment");
            if (name.isEmpty()
                    || name.contains("=")
                    || name.startsWith("SOCKETBROKER_")
                    || name.startsWith("LISTEN_")) {
                throw ItemRules.invalid("spec.exec.environment", "'" + name + "' is not a name that a task may set");
            }
            bytes += name.getBytes(StandardCharsets.UTF_8).length
                    + variable.getValue().getBytes(StandardCharsets.UTF_8).length
                    + 2L;
        }
        if (bytes > MOST_ENVIRONMENT_BYTES) {
            throw ItemRules.invalid(
                    "spec.exec.environment", "must be at most " + MOST_ENVIRONMENT_BYTES + " bytes in all");
        }
    }

    private static void checkNoNul(String value, String field) {
        if (value.indexOf('\0') >= 0) {
            throw ItemRules.invalid(field, "must not contain a NUL character");
        }
    }

    private static void checkUnit(SystemdLauncher systemd) {
        if (!UnitTemplate.isTemplate(systemd.getUnitTemplate())) {
            throw ItemRules.invalid("spec.systemd.unit_template", UnitTemplate.RULE);
        }
        if (systemd.getManager() == Manager.UNRECOGNIZED) {
            throw ItemRules.invalid("spec.systemd.manager", "must be SYSTEM or USER");
        }
    }

    private static void checkTimeout(TaskSpec spec) {
        if (!spec.hasActivationTimeout()) {
            return;
        }
        boolean valid = Durations.isValid(spec.getActivationTimeout());
        if (!valid
                || Durations.compare(spec.getActivationTimeout(), SHORTEST_TIMEOUT) < 0
                || Durations.compare(spec.getActivationTimeout(), LONGEST_TIMEOUT) > 0) {
            throw ItemRules.invalid("spec.activation_timeout", "must be 1 s to 7 days");
        }
    }

    private static void checkLinger(TaskSpec spec) {
        if (!spec.hasLinger()) {
            return;
        }
        OptionRules.requireWithin(spec.getLinger(), Durations.ZERO, LONGEST_LINGER, "spec.linger", "0 to 1 hour");
        boolean stdio = !spec.hasSystemd()
                && spec.getExec().getStyle() != LaunchStyle.LAUNCH_STYLE_CLAIM
                && spec.getExec().getStyle() != LaunchStyle.LAUNCH_STYLE_LISTEN_FDS;
        if (Durations.isPositive(spec.getLinger()) && stdio) {
            throw ItemRules.invalid(
                    "spec.linger", "is for handlers of style CLAIM or LISTEN_FDS, and for systemd units");
        }
    }
}
