package io.socketbroker.cli;

import io.socketbroker.client.RegisteredTask;
import io.socketbroker.v1.ListTasksResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** All tasks that the caller may see. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the registered tasks.")
final class TaskListCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        List<RegisteredTask> tasks;
        try (var client = broker.connect()) {
            tasks = client.listTasks();
        }
        if (output.isJson()) {
            var all = ListTasksResponse.newBuilder();
            tasks.forEach(task -> all.addTasks(task.message()));
            output.json(all);
            return ExitCode.OK;
        }
        var table = Table.withTitles(
                "APP", "NAME", "STDIO", "SOCKETS", "QUEUED", "RUNNING", "FAILED", "LIMITS", "LINGER", "WHEN",
                "COMMAND");
        for (var task : tasks) {
            var spec = task.message().getSpec();
            table.row(
                    task.app(),
                    task.name(),
                    Words.word(spec.getExec().getStyle(), "LAUNCH_STYLE_"),
                    task.sockets(),
                    task.queued(),
                    task.running(),
                    task.message().getFailures(),
                    Words.shortened(TaskWords.limits(spec.getLimits())),
                    Words.duration(spec.getLinger()),
                    Words.shortened(TaskWords.conditions(spec.getConditions())),
                    Words.shortened(TaskWords.launcher(spec)));
        }
        output.table(table);
        return ExitCode.OK;
    }
}
