package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script of docs/activation.md, as it stands there, prints what stands under it. */
final class ActivationDocIT {
    @TempDir
    Path folder;

    static List<Arguments> scripts() throws IOException {
        List<Arguments> scripts = PageScripts.of("activation.md");
        assertThat(scripts).hasSizeGreaterThanOrEqualTo(8);
        return scripts;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void shouldPrintWhatThePageSays(String heading, String script, String expected) throws Exception {
        PythonExampleIT.requirePackages();
        try (BrokerProcess broker = BrokerProcess.start()) {
            PageScripts.expect(folder, broker.runtimeDirectory(), heading, script, expected);
        }
    }
}
