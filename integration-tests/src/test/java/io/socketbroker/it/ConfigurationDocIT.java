package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script of docs/configuration.md prints what stands under it, and its examples are right. */
final class ConfigurationDocIT {
    private static final Pattern SCRIPT = Pattern.compile("```sh\n([^`]*)```\n```text\n([^`]*)```");
    private static final Pattern EXAMPLE = Pattern.compile("```toml\n([^`]*)```");

    private Path folder = Path.of("/nonexistent");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = BrokerProcess.newHome();
        CommandLine.writeIn(folder);
        Files.createDirectory(folder.resolve("work"));
    }

    @AfterEach
    void deleteFolder() throws IOException {
        BrokerProcess.delete(folder);
    }

    private static Matcher find(Pattern pattern) throws IOException {
        Matcher matcher =
                pattern.matcher(Files.readString(PythonExampleIT.checkout().resolve("docs/configuration.md")));
        assertThat(matcher.find()).isTrue();
        return matcher;
    }

    private String run(String script) throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-euo", "pipefail", "-c", script)
                .directory(folder.resolve("work").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", folder + ":/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(ended).isTrue();
        return Files.readString(output);
    }

    @Test
    void shouldPrintWhatThePageSays() throws Exception {
        Matcher script = find(SCRIPT);
        assertThat(run(script.group(1))).isEqualTo(script.group(2));
    }

    @Test
    void shouldHaveExamplesThatAreRight() throws Exception {
        Files.writeString(folder.resolve("work/example.toml"), find(EXAMPLE).group(1));
        assertThat(run("socketbroker daemon --config example.toml --check-config"))
                .isEqualTo("nothing is wrong: files: 1, tasks: 4, listeners: 4\n");
    }
}
