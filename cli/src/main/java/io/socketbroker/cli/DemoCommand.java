package io.socketbroker.cli;

import io.socketbroker.cli.demo.Demo;
import io.socketbroker.cli.demo.Story;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the whole loop with a broker of its own. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Parks and wakes real sockets with a private broker, and checks each step at the kernel."
                + " Takes a few seconds and leaves nothing behind.")
final class DemoCommand implements Callable<Integer> {

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var story = new Story(output.isJson() ? text -> {} : output::line);
        new Demo(Path.of(DaemonCommand.launcher()), story).run();
        if (output.isJson()) {
            output.line(json(story));
        } else {
            summary(story);
        }
        return story.isGood() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void summary(Story story) {
        output.line("");
        var table = Table.withTitles("STEP", "MEASURED", "RESULT");
        story.checks().forEach(check -> table.row(check.step(), check.measured(), check.passed() ? "ok" : "FAILED"));
        output.table(table);
        long failed = story.checks().stream().filter(check -> !check.passed()).count();
        output.line("");
        output.line((failed == 0 ? "All " + story.checks().size() + " checks passed" : failed + " checks FAILED")
                + " in " + story.elapsedMillis() + " ms.");
    }

    private static String json(Story story) {
        var checks = com.google.protobuf.ListValue.newBuilder();
        for (var check : story.checks()) {
            checks.addValuesBuilder()
                    .getStructValueBuilder()
                    .putFields("step", Json.text(check.step()))
                    .putFields("measured", Json.text(check.measured()))
                    .putFields("passed", Json.flag(check.passed()));
        }
        return Json.print(checks);
    }
}
