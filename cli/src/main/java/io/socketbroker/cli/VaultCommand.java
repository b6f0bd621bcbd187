package io.socketbroker.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Stands for the vault in this command's help. The launcher starts the vault's JVM by itself; run here, it becomes the
 * launcher.
 */
@Command(
        name = "vault",
        description = "Holds the broker's sockets while it is away: --socket PATH. A broker without a service manager"
                + " starts one by itself.")
final class VaultCommand implements Callable<Integer> {

    // What looks like an option is not this command's.
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return DaemonCommand.becomeLauncher("vault", arguments);
    }
}
