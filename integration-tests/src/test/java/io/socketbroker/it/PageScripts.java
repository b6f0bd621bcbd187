package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.provider.Arguments;

/** The scripts of a page of docs, each with what it prints. */
final class PageScripts {
    private static final Pattern SCRIPT =
            Pattern.compile("## ([^\n]*)\n(?:(?!\n## ).)*?```sh\n(.*?)```\n```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PREAMBLE = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private PageScripts() {}

    private static String page(String name) throws IOException {
        return Files.readString(PythonExampleIT.checkout().resolve("docs").resolve(name));
    }

    /** Heading, script and output of each. */
    static List<Arguments> of(String name) throws IOException {
        List<Arguments> scripts = new ArrayList<>();
        Matcher matcher = SCRIPT.matcher(page(name));
        while (matcher.find()) {
            scripts.add(Arguments.of(matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        return scripts;
    }

    /** What runs before each of them: the script before the first heading. */
    static String preamble(String name) throws IOException {
        Matcher matcher = PREAMBLE.matcher(page(name));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /**
     * Runs one in the folder "work" of this folder, with a launcher, and compares.
     *
     * @param runtimeDirectory of the broker that the commands talk to
     */
    static void expect(Path folder, Path runtimeDirectory, String heading, String script, String expected)
            throws Exception {
        CommandLine.writeIn(folder);
        Path work = Files.createDirectory(folder.resolve("work"));
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-euo", "pipefail", "-c", script)
                .directory(work.toFile())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile());
        builder.environment().put("PATH", folder + ":/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment()
                .put("EXAMPLES", PythonExampleIT.checkout().resolve("examples").toString());
        builder.environment().put("SOCKETBROKER_RUNTIME_DIR", runtimeDirectory.toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(Files.readString(output))
                .as("%s: %s", heading, Files.readString(folder.resolve("errors")))
                .isEqualTo(expected);
        assertThat(ended).isTrue();
    }
}
