package io.socketbroker.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The daemon's main class. Serves until SIGTERM or SIGINT, and then ends with status 0. Status 1: it could not start;
 * 2: its options are wrong.
 */
@Command(
        name = "socketbroker daemon",
        mixinStandardHelpOptions = true,
        description = "Holds sockets, watches them and wakes their handlers, until SIGTERM or SIGINT.")
public final class BrokerDaemon implements Callable<Integer> {
    @Option(
            names = "--runtime-dir",
            paramLabel = "D",
            description =
                    "Folder of grpc.sock and fd.sock. Default: $SOCKETBROKER_RUNTIME_DIR, else /run/socketbroker for"
                            + " root, else $XDG_RUNTIME_DIR/socketbroker.")
    private @Nullable Path runtimeDirectory;

    @ArgGroup
    private @Nullable Memory memory;

    /** Either nothing outlives the process, or what is said here does. */
    private static final class Memory {
        @Option(
                names = "--in-memory",
                required = true,
                description = "Keep nothing: no journal and no custody. Sockets and tasks end with the broker.")
        private boolean only;

        @ArgGroup(exclusive = false)
        private @Nullable Kept kept;
    }

    /** Where state and descriptors are kept. */
    private static final class Kept {
        @Option(
                names = "--state-dir",
                paramLabel = "D",
                description =
                        "Folder of the journal: tasks and records of sockets. Default: 'state' in a runtime folder"
                                + " that was chosen, else /var/lib/socketbroker for root, else $XDG_STATE_HOME/socketbroker.")
        private @Nullable Path stateDirectory;

        @Option(
                names = "--custody",
                paramLabel = "WHO",
                description = "Who holds the descriptors too, so that they outlive the broker: vault, a second process;"
                        + " systemd, the descriptor store of the unit (at most 256 sockets); or none. Default: vault.")
        private Custodian custody = Custodian.vault;

        @Option(
                names = "--external-vault",
                description =
                        "The vault is started by a service manager: wait for it, instead of starting one when none"
                                + " serves.")
        private boolean externalVault;
    }

    /** In lower case, as it is typed. */
    private enum Custodian {
        none,
        vault,
        systemd
    }

    private BrokerDaemon() {}

    /** See the class. */
    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new BrokerDaemon());
        // One line that says what is wrong, not a stack trace.
        commandLine.setExecutionExceptionHandler((failure, _, _) -> {
            System.err.println("socketbroker: cannot start: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        });
        try {
            System.exit(commandLine.execute(args));
        } catch (LinkageError e) {
            // Threads of what has started already would keep a process that serves nobody.
            System.err.println("socketbroker: cannot start: " + e + advice(e));
            System.exit(CommandLine.ExitCode.SOFTWARE);
        }
    }

    private static String advice(LinkageError e) {
        return e instanceof UnsatisfiedLinkError
                ? "; native libraries are unpacked to " + System.getProperty("java.io.tmpdir")
                        + ", which must be writable and not mounted noexec"
                : "";
    }

    @Override
    public Integer call() throws IOException {
        Supervision supervision = new Supervision(System.getenv());
        RunningBroker broker = supervision.start(directory(), choice());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, supervision), "stop"));
        System.err.println("socketbroker: serving on " + broker.runtimeDirectory());
        supervision.serving(broker);
        awaitSignal();
        return CommandLine.ExitCode.OK;
    }

    private Path directory() {
        return chosenDirectory().orElseGet(StandardFolders::runtime);
    }

    private Optional<Path> chosenDirectory() {
        return Optional.ofNullable(runtimeDirectory).or(StandardFolders::runtimeOfEnvironment);
    }

    private Keeping.Choice choice() {
        if (memory != null && memory.only) {
            return Keeping.Choice.NOTHING;
        }
        Kept kept = memory == null || memory.kept == null ? new Kept() : memory.kept;
        Path state = Optional.ofNullable(kept.stateDirectory)
                .or(() -> chosenDirectory().map(directory -> directory.resolve("state")))
                .orElseGet(StandardFolders::state);
        return new Keeping.Choice(
                Optional.of(state),
                switch (kept.custody) {
                    case none -> Keeping.Custodian.NONE;
                    case systemd -> Keeping.Custodian.SYSTEMD;
                    case vault -> kept.externalVault ? Keeping.Custodian.EXTERNAL_VAULT : Keeping.Custodian.VAULT;
                });
    }

    private static void awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(RunningBroker broker, Supervision supervision) {
        supervision.stopping();
        try {
            broker.close();
        } catch (IOException | RuntimeException e) {
            System.err.println("socketbroker: stopped with an error: " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
        // A stop on request is a success; by itself the JVM would end with 128 + the signal.
        Runtime.getRuntime().halt(0);
    }
}
