package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script of docs/custody.md, as it stands there, prints what stands under it. Each has a broker of its own. */
final class CustodyDocIT {
    private Path folder = Path.of("/nonexistent");

    static List<Arguments> scripts() throws IOException {
        List<Arguments> scripts = PageScripts.of("custody.md");
        assertThat(scripts).hasSizeGreaterThanOrEqualTo(6);
        return scripts;
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = BrokerProcess.newHome();
    }

    @AfterEach
    void removeFolder() throws IOException {
        Vaults.endOf(folder.resolve("work/run/vault.sock"));
        BrokerProcess.delete(folder);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void shouldPrintWhatThePageSays(String heading, String script, String expected) throws Exception {
        String whole = PageScripts.preamble("custody.md") + script;
        PageScripts.expect(folder, folder.resolve("work/run"), heading, whole, expected);
    }
}
