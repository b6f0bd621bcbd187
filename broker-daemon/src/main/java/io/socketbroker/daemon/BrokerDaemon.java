package io.socketbroker.daemon;

import io.socketbroker.linux.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

    @Option(
            names = "--state-dir",
            paramLabel = "D",
            description =
                    "Folder of the journal: tasks and sockets are there after a restart. Default: state is kept in"
                            + " memory.")
    private @Nullable Path stateDirectory;

    @Option(
            names = "--custody",
            paramLabel = "WHO",
            description =
                    "Who holds the descriptors too, so that they outlive the broker: vault, a second process that the"
                            + " broker starts; or none. Default: none. A vault needs --state-dir.")
    private Custodian custody = Custodian.none;

    /** In lower case, as it is typed. */
    private enum Custodian {
        none,
        vault
    }

    private BrokerDaemon() {}

    /** See the class. */
    public static void main(String[] args) {
        if (OpenFilesLimit.isTooLowForAnything()) {
            System.exit(CommandLine.ExitCode.SOFTWARE);
        }
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
            System.err.println("socketbroker: cannot start: " + e.getMessage() + "; native libraries are unpacked to "
                    + System.getProperty("java.io.tmpdir") + ", which must be writable and not mounted noexec");
            System.exit(CommandLine.ExitCode.SOFTWARE);
        }
    }

    @Override
    public Integer call() throws IOException {
        Supervision supervision = new Supervision(System.getenv());
        if (custody == Custodian.vault && stateDirectory == null) {
            System.err.println(
                    "socketbroker: --custody vault needs --state-dir: without its records the broker could not"
                            + " tell whose sockets the vault holds");
            return CommandLine.ExitCode.USAGE;
        }
        RunningBroker broker = supervision.start(
                directory(), new Keeping.Choice(Optional.ofNullable(stateDirectory), custody == Custodian.vault));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, supervision), "stop"));
        System.err.println("socketbroker: serving on " + broker.runtimeDirectory());
        supervision.serving(broker);
        awaitSignal();
        return CommandLine.ExitCode.OK;
    }

    private Path directory() {
        if (runtimeDirectory != null) {
            return runtimeDirectory;
        }
        String fromEnvironment = System.getenv("SOCKETBROKER_RUNTIME_DIR");
        if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return Path.of(fromEnvironment);
        }
        String userRuntime = System.getenv("XDG_RUNTIME_DIR");
        if (Users.uid() == 0 || userRuntime == null || userRuntime.isEmpty()) {
            return Path.of("/run/socketbroker");
        }
        return Path.of(userRuntime, "socketbroker");
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
