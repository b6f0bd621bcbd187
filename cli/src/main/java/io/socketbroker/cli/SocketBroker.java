package io.socketbroker.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
        commandListHeading = "%nCommands:%n",
        subcommands = {
            DaemonCommand.class,
            VaultCommand.class,
            TaskCommand.class,
            ListenCommand.class,
            ConnectCommand.class,
            ParkCommand.class,
            UpdateCommand.class,
            ReclaimCommand.class,
            ListCommand.class,
            ShowCommand.class,
            CloseCommand.class,
            EventsCommand.class,
            ActivationsCommand.class,
            WhyCommand.class,
            StatusCommand.class,
            ReloadCommand.class,
            ApplyCommand.class,
            CustodyCommand.class,
            UpgradeCommand.class,
            DemoCommand.class,
            CommandLine.HelpCommand.class
        })
public final class SocketBroker implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private SocketBroker() {}

    /** Ends the process by itself: gRPC would keep it for most of a second after the last answer. */
    public static void main(String[] args) {
        // gRPC and Netty log through java.util.logging; this command says on stderr what is wrong, once.
        LogManager.getLogManager().reset();
        int status = commandLine().execute(args);
        System.exit(status);
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new SocketBroker());
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
