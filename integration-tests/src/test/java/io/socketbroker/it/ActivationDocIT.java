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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script of docs/activation.md, as it stands there, prints what stands under it. */
final class ActivationDocIT {
    private static final Pattern SCRIPT =
            Pattern.compile("## ([^\n]*)\n(?:(?!\n## ).)*?```sh\n(.*?)```\n```text\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    static List<Arguments> scripts() throws IOException {
        String page = Files.readString(PythonExampleIT.checkout().resolve("docs/activation.md"));
        List<Arguments> scripts = new ArrayList<>();
        Matcher matcher = SCRIPT.matcher(page);
        while (matcher.find()) {
            scripts.add(Arguments.of(matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        assertThat(scripts).hasSizeGreaterThanOrEqualTo(8);
        return scripts;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void shouldPrintWhatThePageSays(String heading, String script, String expected) throws Exception {
        PythonExampleIT.requirePackages();
        CommandLine.writeIn(folder);
        Path work = Files.createDirectory(folder.resolve("work"));
        Path output = folder.resolve("output");
        try (BrokerProcess broker = BrokerProcess.start()) {
            ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-euo", "pipefail", "-c", script)
                    .directory(work.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(folder.resolve("errors").toFile());
            builder.environment().put("PATH", folder + ":/usr/sbin:/usr/bin:/sbin:/bin");
            builder.environment()
                    .put(
                            "EXAMPLES",
                            PythonExampleIT.checkout().resolve("examples").toString());
            builder.environment()
                    .put("SOCKETBROKER_RUNTIME_DIR", broker.runtimeDirectory().toString());
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
}
