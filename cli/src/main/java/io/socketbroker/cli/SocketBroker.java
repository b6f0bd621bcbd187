package io.socketbroker.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code socketbroker}: finds the sub-command, runs it on the main thread and ends the process. */
@Command(
        name = "socketbroker",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Hands open sockets to a broker, which wakes or launches a handler when something happens on them.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n")
public final class SocketBroker implements Callable<Integer> {

    /** By name, in the order of the help. */
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    private static final Set<String> VERSION = Set.of("--version", "-V");

    static {
        COMMANDS.put("daemon", DaemonCommand.class);
        COMMANDS.put("vault", VaultCommand.class);
        COMMANDS.put("task", TaskCommand.class);
        COMMANDS.put("listen", ListenCommand.class);
        COMMANDS.put("connect", ConnectCommand.class);
        COMMANDS.put("park", ParkCommand.class);
        COMMANDS.put("update", UpdateCommand.class);
        COMMANDS.put("reclaim", ReclaimCommand.class);
        COMMANDS.put("list", ListCommand.class);
        COMMANDS.put("show", ShowCommand.class);
        COMMANDS.put("close", CloseCommand.class);
        COMMANDS.put("events", EventsCommand.class);
        COMMANDS.put("activations", ActivationsCommand.class);
        COMMANDS.put("why", WhyCommand.class);
        COMMANDS.put("status", StatusCommand.class);
        COMMANDS.put("reload", ReloadCommand.class);
        COMMANDS.put("apply", ApplyCommand.class);
        COMMANDS.put("custody", CustodyCommand.class);
        COMMANDS.put("upgrade", UpgradeCommand.class);
        COMMANDS.put("demo", DemoCommand.class);
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private SocketBroker() {}

    static Set<String> names() {
        return Collections.unmodifiableSet(COMMANDS.keySet());
    }

    /** Ends the process by itself: gRPC would keep it for most of a second after the last answer. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** One command; gives its status. */
    static int run(String... args) {
        // gRPC and Netty log through java.util.logging; this command says on stderr what is wrong, once.
        LogManager.getLogManager().reset();
        return commandLine(args).execute(args);
    }

    /** With all sub-commands, or with the one that the first argument names: each costs a reading of its annotations. */
    static CommandLine commandLine(String... args) {
        var commandLine = new CommandLine(new SocketBroker());
        var named = args.length == 0 ? null : COMMANDS.get(args[0]);
        if (named != null) {
            commandLine.addSubcommand(named);
        } else if (args.length != 1 || !VERSION.contains(args[0])) {
            COMMANDS.values().forEach(commandLine::addSubcommand);
            commandLine.addSubcommand(CommandLine.HelpCommand.class);
        }
        commandLine.setOut(new PrintWriter(System.out, false, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setExecutionExceptionHandler(Failures::handle);
        commandLine.setParameterExceptionHandler(Failures::handleUsage);
        commandLine.setUsageHelpWidth(100);
        documentExitCodes(commandLine);
        return commandLine;
    }

    private static void documentExitCodes(CommandLine commandLine) {
        var usage = commandLine.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("%nExit status:%n");
        usage.exitCodeList(ExitCode.meanings());
        commandLine.getSubcommands().values().stream()
                .distinct()
                .filter(sub -> !(sub.getCommand() instanceof CommandLine.HelpCommand))
                .forEach(SocketBroker::documentExitCodes);
    }

    /** A bare {@code socketbroker} is a question: the help, but the status of wrong usage. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
