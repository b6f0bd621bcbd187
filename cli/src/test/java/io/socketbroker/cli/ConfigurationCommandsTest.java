package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.ReloadResponse;
import io.socketbroker.v1.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** reload and apply. */
class ConfigurationCommandsTest {

    private CannedBroker broker;
    private Path folder;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        broker = new CannedBroker(folder);
        this.folder = folder;
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Run reload() {
        return Run.of("reload", "--runtime-dir", folder.toString());
    }

    private Run apply(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("x.toml"), text);
        return Run.of("apply", "--config", file.toString(), "--runtime-dir", folder.toString());
    }

    @Test
    void shouldSayWhatAReloadHasDone() {
        assertThat(reload()).isEqualTo(new Run(0, java.util.List.of("nothing else has changed"), java.util.List.of()));
        broker.reload = ReloadResponse.newBuilder()
                .addChanges("task x registered")
                .addNeedsRestart("limits.handlers")
                .build();
        assertThat(reload().out()).containsExactly("task x registered", "counts after a restart: limits.handlers");
        broker.reload = ReloadResponse.newBuilder().addFailures("EADDRINUSE").build();
        assertThat(reload().status()).isEqualTo(ExitCode.REFUSED);
        assertThat(reload().err()).containsExactly("socketbroker reload: EADDRINUSE");
    }

    @Test
    void shouldSayAllThatIsWrongWithTheFiles() {
        broker.reload = ReloadResponse.newBuilder()
                .addErrors("x.toml:1: a")
                .addErrors("y.toml:2: b")
                .build();
        var run = reload();
        assertThat(run.status()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsExactly("x.toml:1: a", "y.toml:2: b", "socketbroker reload: nothing has changed: errors: 2");
    }

    @Test
    void shouldHandOverWhatIsDeclared() throws IOException {
        Path path = folder.resolve("s");
        broker.socket = Socket.getDefaultInstance();
        var run = apply("[[task]]\nname='t'\nsessions-only=true\n[[listener]]\nid='l'\ntask='t'\naddress='unix:" + path
                + "'\nexpires-after='1d'\n");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsExactly("listener l at unix:" + path + " is made");
        assertThat(broker.transferred().getReplace()).isTrue();
        assertThat(broker.transferred().getOptions().getExpiresAfter().getSeconds())
                .isEqualTo(86_400);
    }

    @Test
    void shouldRefuseWrongFilesAndOtherApplications() throws IOException {
        var run = apply("[brokr]\n[limit]\n");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).hasSize(2).allMatch(line -> line.contains("did you mean"));
        assertThat(Run.of("apply", "--config", "/dev/null", "--app", "mine", "--runtime-dir", folder.toString())
                        .status())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("apply", "--config", "/dev/null", "--runtime-dir", folder.toString())
                        .status())
                .isZero();
    }
}
