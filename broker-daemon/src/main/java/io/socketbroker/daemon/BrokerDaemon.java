package io.socketbroker.daemon;

import io.socketbroker.configuration.BrokerSettings;
import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.ConfigurationException;
import io.socketbroker.configuration.ConfigurationPlace;
import io.socketbroker.configuration.ConfigurationReader;
import io.socketbroker.configuration.Problem;
import io.socketbroker.daemon.declared.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, with drop-ins in tasks.d beside it. Options win over it. Default:"
                    + " /etc/socketbroker/socketbroker.toml for the system, else"
                    + " $XDG_CONFIG_HOME/socketbroker/socketbroker.toml, if it is there.")
    private @Nullable Path configurationFile;

    @ArgGroup
    private @Nullable Question question;

    /** Asks of the configuration, and starts nothing. */
    private static final class Question {
        @Option(
                names = "--check-config",
                required = true,
                description = "Only say what is wrong with the configuration: status 0 for nothing, else 2.")
        private boolean check;

        @Option(
                names = "--print-config",
                required = true,
                description = "Only print the effective configuration, and where each value comes from.")
        @SuppressWarnings("unused") // it is the one of the two that is not the other
        private boolean print;
    }

    @Option(
            names = "--listeners",
            paramLabel = "WHO",
            description = "Who makes the listeners that the configuration declares: broker, or apply, which is"
                    + " `socketbroker apply` in the network it runs in. Default: broker.")
    private @Nullable Makers listeners;

    /** In lower case, as it is typed. */
    private enum Makers {
        broker,
        apply
    }

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
        private @Nullable Custodian custody;

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

    private final List<String> arguments;

    private BrokerDaemon(String[] args) {
        arguments = List.of(args);
    }

    /** See the class. */
    public static void main(String[] args) {
        if (OpenFilesLimit.isTooLowForAnything()) {
            System.exit(CommandLine.ExitCode.SOFTWARE);
        }
        CommandLine commandLine = new CommandLine(new BrokerDaemon(args));
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
        ConfigurationPlace place = ConfigurationPlace.of(Optional.ofNullable(configurationFile), System.getenv());
        Configuration configuration;
        try {
            configuration = read(place);
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.err.println(
                    "socketbroker: the configuration is wrong: " + e.problems().size() + " errors");
            return CommandLine.ExitCode.USAGE;
        }
        if (question != null) {
            System.out.print(question.check ? summary(configuration) : configuration.print());
            System.out.flush();
            return CommandLine.ExitCode.OK;
        }
        Supervision supervision = new Supervision(System.getenv());
        Upgrade upgrade = new Upgrade(arguments, supervision);
        RunningBroker broker = supervision.start(new Settings(configuration, () -> read(place), supervision), upgrade);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, supervision), "stop"));
        HangUps.reload(broker);
        System.err.println("socketbroker: serving on " + broker.runtimeDirectory());
        supervision.serving(broker);
        upgrade.serving(broker);
        awaitSignal();
        return CommandLine.ExitCode.OK;
    }

    private static String summary(Configuration configuration) {
        return "nothing is wrong: files: " + configuration.files().size() + ", tasks: "
                + configuration.tasks().size() + ", listeners: "
                + configuration.listeners().size() + "\n";
    }

    /** What the files and the options say, if the rules take it. */
    private Configuration read(ConfigurationPlace place) {
        Configuration configuration = ConfigurationReader.read(place).with(overrides());
        List<Problem> problems = Rules.problems(configuration);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return configuration;
    }

    private BrokerSettings.Overrides overrides() {
        Optional<Kept> kept = Optional.ofNullable(memory).flatMap(chosen -> Optional.ofNullable(chosen.kept));
        return new BrokerSettings.Overrides(
                Optional.ofNullable(runtimeDirectory),
                kept.flatMap(chosen -> Optional.ofNullable(chosen.stateDirectory)),
                // Who says where to keep something wants to keep it, whatever the file says.
                Optional.ofNullable(memory).map(chosen -> chosen.only),
                kept.flatMap(chosen -> Optional.ofNullable(chosen.custody)).map(Custodian::name),
                kept.filter(chosen -> chosen.externalVault).map(chosen -> true),
                Optional.ofNullable(listeners).map(Makers::name));
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
