package io.socketbroker.cli;

import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TaskRegistration;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Registers a command as a handler. */
@Command(
        name = "register",
        mixinStandardHelpOptions = true,
        description = "Registers a command that the broker runs for a socket, or replaces the task of that name.")
final class TaskRegisterCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--stdio",
            paramLabel = "STYLE",
            converter = StyleConverter.class,
            defaultValue = "socket",
            description = "How the command finds its socket. socket (default): on descriptors 0 and 1, as inetd."
                    + " listen-fds: from 3 on with LISTEN_FDS, as systemd. claim: it asks the broker with a token.")
    private LaunchStyle style = LaunchStyle.LAUNCH_STYLE_SOCKET;

    @Option(
            names = "--on-exit",
            paramLabel = "ACTION",
            converter = ExitConverter.class,
            description = "What becomes of the socket when the command ends without a word. close: closed."
                    + " rearm: parked again, or repeated after a failure. retry: closed, or repeated after a failure."
                    + " Default: by kind of socket.")
    private @Nullable OnExit onExit;

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            description = "Handlers at the same time, 1 to 10000; default: 64.")
    private @Nullable Integer maxConcurrency;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "Adds to the command's environment.")
    private Map<String, String> environment = Map.of();

    @Option(names = "--working-dir", paramLabel = "D", description = "Where the command starts; default: /.")
    private @Nullable Path workingDirectory;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Ends a handler that runs longer: 1s to 7d.")
    private @Nullable Duration timeout;

    @Parameters(index = "0", paramLabel = "NAME", description = "The task.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "CMD",
            description = "The command after \"--\", with an absolute path.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        TaskRegistration registration;
        try (var client = broker.connect()) {
            registration = client.registerTask(definition());
        }
        if (output.isJson()) {
            output.json(registration.message());
        } else {
            int adopted = registration.adoptedSockets();
            output.line((registration.replaced() ? "replaced " : "registered ")
                    + name
                    + (adopted == 0 ? "" : "; " + adopted + " sockets wait for it again"));
        }
        return ExitCode.OK;
    }

    private TaskDefinition definition() {
        var task = TaskDefinition.ofCommand(name, command).withStyle(style);
        if (onExit != null) {
            task = task.withExitPolicy(onExit.onSuccess(), onExit.onFailure());
        }
        if (maxConcurrency != null) {
            task = task.withMaxConcurrency(maxConcurrency);
        }
        if (workingDirectory != null) {
            task = task.withWorkingDirectory(workingDirectory);
        }
        if (timeout != null) {
            task = task.withActivationTimeout(timeout);
        }
        for (var variable : environment.entrySet()) {
            task = task.withEnvironment(variable.getKey(), variable.getValue());
        }
        return task;
    }

    /** A word of --on-exit in the terms of the protocol. */
    record OnExit(ExitAction onSuccess, ExitAction onFailure) {}

    /** The words of --on-exit. */
    static final class ExitConverter implements ITypeConverter<OnExit> {
        @Override
        public OnExit convert(String text) {
            return switch (text) {
                case "close" -> new OnExit(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_CLOSE);
                case "rearm" -> new OnExit(ExitAction.EXIT_ACTION_REARM, ExitAction.EXIT_ACTION_RETRY);
                case "retry" -> new OnExit(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_RETRY);
                default -> throw new TypeConversionException("'" + text + "' is not close, rearm or retry");
            };
        }
    }

    /** The words of --stdio. */
    static final class StyleConverter implements ITypeConverter<LaunchStyle> {
        @Override
        public LaunchStyle convert(String text) {
            return switch (text) {
                case "socket" -> LaunchStyle.LAUNCH_STYLE_SOCKET;
                case "listen-fds" -> LaunchStyle.LAUNCH_STYLE_LISTEN_FDS;
                case "claim" -> LaunchStyle.LAUNCH_STYLE_CLAIM;
                default -> throw new TypeConversionException("'" + text + "' is not socket, listen-fds or claim");
            };
        }
    }
}
