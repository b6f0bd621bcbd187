package io.socketbroker.cli;

import com.google.protobuf.ListValue;
import io.socketbroker.cli.demo.Demo;
import io.socketbroker.cli.demo.Story;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        new Demo(Path.of(DaemonCommand.launcher("daemon")), story).run();
        if (output.isJson()) {
            output.line(json(story));
        } else {
            summary(story);
        }
        return story.isGood() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private void summary(Story story) {
        output.line("");
        var table = Table.withTitles("PART", "FROM ACTIVITY TO ANSWER", "CHECKS");
        long failed = 0;
        long all = 0;
        for (var chapter : story.chapters()) {
            long bad =
                    chapter.checks().stream().filter(check -> !check.passed()).count();
            table.row(
                    chapter.subject(),
                    chapter.wakesMillis().stream().map(millis -> millis + " ms").collect(Collectors.joining(", ")),
                    bad == 0 ? chapter.checks().size() + " ok" : bad + " FAILED");
            failed += bad;
            all += chapter.checks().size();
        }
        output.table(table);
        output.line("");
        output.line((failed == 0 ? "All " + all + " checks passed" : failed + " of " + all + " checks FAILED") + " in "
                + story.elapsedMillis() + " ms.");
    }

    private static String json(Story story) {
        var checks = ListValue.newBuilder();
        for (var chapter : story.chapters()) {
            for (var check : chapter.checks()) {
                checks.addValuesBuilder()
                        .getStructValueBuilder()
                        .putFields("part", Json.text(chapter.subject()))
                        .putFields("step", Json.text(check.step()))
                        .putFields("measured", Json.text(check.measured()))
                        .putFields("passed", Json.flag(check.passed()));
            }
        }
        return Json.print(checks);
    }
}
