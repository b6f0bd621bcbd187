package io.socketbroker.cli;

import io.socketbroker.linux.Exec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Stands for the daemon in this command's help. The launcher starts the daemon's JVM by itself; run here, it becomes
 * the launcher.
 */
@Command(name = "daemon", description = "Runs the broker. See: socketbroker daemon --help")
final class DaemonCommand implements Callable<Integer> {

    /** Set by bin/socketbroker to its own path. */
    static final String LAUNCHER_PROPERTY = "socketbroker.launcher";

    // What looks like an option is not this command's.
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return becomeLauncher("daemon", arguments);
    }

    /** Only a failure comes back. */
    static int becomeLauncher(String name, List<String> arguments) {
        var launcher = launcher(name);
        var command = new ArrayList<>(List.of(launcher, name));
        command.addAll(arguments);
        var failure = Exec.replaceProcess(launcher, command, System.getenv(), List.of());
        throw new CommandFailure(ExitCode.LOCAL, String.valueOf(failure.getMessage()));
    }

    static String launcher(String name) {
        return Optional.ofNullable(System.getProperty(LAUNCHER_PROPERTY))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.LOCAL,
                        "the " + name + " is started by bin/socketbroker: run `bin/socketbroker " + name + "`"));
    }
}
