package io.socketbroker.cli;

import io.socketbroker.linux.Exec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Stands for the daemon in this command's help. The launcher starts the daemon's JVM by itself; run here, it becomes
 * the launcher.
 */
@Command(name = "daemon", description = "Runs the broker. See: socketbroker daemon --help")
final class DaemonCommand implements Callable<Integer> {

    /** Set by bin/socketbroker to its own path. */
    static final String LAUNCHER_PROPERTY = "socketbroker.launcher";

    @Parameters(arity = "0..*", paramLabel = "OPTION", description = "Options of the daemon.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        var launcher = launcher();
        var command = new ArrayList<>(List.of(launcher, "daemon"));
        command.addAll(arguments);
        var failure = Exec.replaceProcess(launcher, command, System.getenv(), List.of());
        throw new CommandFailure(ExitCode.LOCAL, String.valueOf(failure.getMessage()));
    }

    static String launcher() {
        return Optional.ofNullable(System.getProperty(LAUNCHER_PROPERTY))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.LOCAL, "the daemon is started by bin/socketbroker: run `bin/socketbroker daemon`"));
    }
}
