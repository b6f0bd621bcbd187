package io.socketbroker.it;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskSpec;
import java.util.List;

/** Specifications of tasks in few words. */
final class Specs {
    private Specs() {}

    /** A command in style socket with the default exit policy. */
    static TaskSpec command(String... command) {
        return command(LaunchStyle.LAUNCH_STYLE_SOCKET, List.of(command)).build();
    }

    static TaskSpec.Builder command(LaunchStyle style, List<String> command) {
        return TaskSpec.newBuilder()
                .setExec(ExecLauncher.newBuilder().addAllCommand(command).setStyle(style));
    }

    /** The same action for success and failure. */
    static ExitPolicy always(ExitAction action) {
        return ExitPolicy.newBuilder().setOnSuccess(action).setOnFailure(action).build();
    }

    static ExitPolicy rearm() {
        return always(ExitAction.EXIT_ACTION_REARM);
    }

    /** Answers one line with "got " and the line, for as many lines as come in as many launches. */
    static TaskSpec lineAnswerer() {
        return command(LaunchStyle.LAUNCH_STYLE_SOCKET, List.of("/bin/sh", "-c", "read x; echo \"got $x\""))
                .setExitPolicy(rearm())
                .build();
    }

    static TaskLimits atMost(int handlers) {
        return TaskLimits.newBuilder().setMaxConcurrency(handlers).build();
    }
}
