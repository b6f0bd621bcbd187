package io.socketbroker.cli;

import io.socketbroker.client.RegisteredTask;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One task with all that the broker knows of it. */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one task.")
final class TaskShowCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "The task.")
    private String name = "";

    @Override
    public Integer call() {
        RegisteredTask task;
        try (var client = broker.connect()) {
            task = client.getTask(name);
        }
        if (output.isJson()) {
            output.json(task.message());
        } else {
            output.table(table(task));
        }
        return ExitCode.OK;
    }

    private static Table table(RegisteredTask task) {
        var message = task.message();
        var spec = message.getSpec();
        return Table.ofPairs()
                .row("name", task.name())
                .row("application", task.app())
                .row("uid", message.getKey().getUid())
                .row("command", TaskWords.launcher(spec))
                .row("stdio", Words.word(spec.getExec().getStyle(), "LAUNCH_STYLE_"))
                .row("after success", Words.word(spec.getExitPolicy().getOnSuccess(), "EXIT_ACTION_"))
                .row("after failure", Words.word(spec.getExitPolicy().getOnFailure(), "EXIT_ACTION_"))
                .row("limits", TaskWords.limits(spec.getLimits()))
                .row("conditions", TaskWords.conditions(spec.getConditions()))
                .row("timeout", Words.duration(spec.getActivationTimeout()))
                .row("linger", Words.duration(spec.getLinger()))
                .row("told of a reboot", spec.getNotifyReboot() ? "yes" : "no")
                .row("registered", Words.time(message.getRegisteredAt()))
                .row("sockets", task.sockets())
                .row("queued", task.queued())
                .row("running", task.running())
                .row("launches", message.getLaunches())
                .row("failures", message.getFailures());
    }
}
