package io.socketbroker.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of sub-commands on tasks. */
@Command(
        name = "task",
        mixinStandardHelpOptions = true,
        description = "Registers, shows and removes handlers.",
        subcommands = {
            TaskRegisterCommand.class,
            TaskListCommand.class,
            TaskShowCommand.class,
            TaskUnregisterCommand.class
        })
final class TaskCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: register, list, show or unregister");
    }
}
