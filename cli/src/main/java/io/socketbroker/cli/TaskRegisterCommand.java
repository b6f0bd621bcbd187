package io.socketbroker.cli;

import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TaskRegistration;
import io.socketbroker.v1.ExitAction;
import java.time.Duration;
import java.util.List;
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
        description =
                "Registers a command or systemd unit that the broker starts for a socket, or replaces the task of that"
                        + " name.")
final class TaskRegisterCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private LauncherArguments launcher = new LauncherArguments();

    @Mixin
    private LimitArguments limits = new LimitArguments();

    @Mixin
    private ConditionArguments conditions = new ConditionArguments();

    @Option(
            names = "--on-exit",
            paramLabel = "ACTION",
            converter = ExitConverter.class,
            description = "What becomes of the socket when the command ends without a word. close: closed."
                    + " rearm: parked again, or repeated after a failure. retry: closed, or repeated after a failure."
                    + " Default: by kind of socket.")
    private @Nullable OnExit onExit;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Ends a handler that runs longer: 1s to 7d.")
    private @Nullable Duration timeout;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long a handler of the Java SDK stays for more work once it has none, at most 1h. Default:"
                            + " it ends at once.")
    private @Nullable Duration linger;

    @Option(
            names = "--notify-reboot",
            description = "Wake once for each socket that was lost in a restart of the host.")
    private boolean notifyReboot;

    @Parameters(index = "0", paramLabel = "NAME", description = "The task.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "CMD",
            description = "The command after \"--\", with an absolute path; see also --unit and --sessions-only.")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        var task = definition();
        TaskRegistration registration;
        try (var client = broker.connect()) {
            registration = client.registerTask(task);
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
        var task = launcher.define(name, command)
                .withLimits(limits.limits())
                .withConditions(conditions.conditions())
                .withRebootNotice(notifyReboot);
        if (onExit != null) {
            task = task.withExitPolicy(onExit.onSuccess(), onExit.onFailure());
        }
        if (timeout != null) {
            task = task.withActivationTimeout(timeout);
        }
        return linger == null ? task : task.withLinger(linger);
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
}
