package io.socketbroker.cli;

import io.socketbroker.client.ReloadReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Has the broker read its configuration anew. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description =
                "Has the broker read its configuration anew and do what has changed. If the files are wrong, it says"
                        + " all that is, and nothing changes.")
final class ReloadCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ReloadReport report;
        try (var client = broker.connect()) {
            report = client.reload();
        }
        if (output.isJson()) {
            output.json(report.message());
        } else {
            print(report);
        }
        return report.errors().isEmpty() && report.failures().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void print(ReloadReport report) {
        var err = spec.commandLine().getErr();
        report.errors().forEach(err::println);
        if (!report.errors().isEmpty()) {
            err.println("socketbroker reload: nothing has changed: errors: "
                    + report.errors().size());
            return;
        }
        report.changes().forEach(output::line);
        report.failures().forEach(failure -> err.println("socketbroker reload: " + failure));
        if (!report.needsRestart().isEmpty()) {
            output.line("counts after a restart: " + String.join(", ", report.needsRestart()));
        }
        if (report.changes().isEmpty() && report.failures().isEmpty()) {
            output.line("nothing else has changed");
        }
    }
}
