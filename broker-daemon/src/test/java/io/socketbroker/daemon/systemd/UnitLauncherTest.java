package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.SystemdLauncher.Manager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitLauncherTest {
    @TempDir
    private Path folder;

    private String refusal(UnitLaunch launch) throws InterruptedException {
        Recorder outcome = new Recorder();
        try (UnitLauncher launcher = new UnitLauncher(folder, Map.of("XDG_RUNTIME_DIR", folder.toString()))) {
            launcher.launch(launch, outcome);
            return outcome.next();
        }
    }

    @Test
    void shouldRefuseAPath() throws Exception {
        assertThat(refusal(Launches.of("../../etc/evil", 1)))
                .isEqualTo(
                        "failed: cannot start unit ../../etc/evil@.service for activation 1: the unit template must be"
                                + " 1 to 200 characters of A-Z, a-z, 0-9, ':', '_', '.' and '-', then '@.service'");
    }

    @Test
    void shouldRefuseAnUnknownManager() throws Exception {
        assertThat(refusal(Launches.of("x", 1, Manager.MANAGER_UNSPECIFIED, Map.of())))
                .isEqualTo("failed: cannot start unit x@.service for activation 1: the manager must be SYSTEM or USER");
    }

    @Test
    void shouldRefuseAnEnvironmentThatSystemdWouldSpoil() throws Exception {
        assertThat(refusal(Launches.of("x", 1, Manager.MANAGER_USER, Map.of("A", "secret\0"))))
                .isEqualTo("failed: cannot start unit x@.service for activation 1: systemd does not take the character"
                        + " U+0000 in the variable A");
    }

    @Test
    void shouldSayThatTheEnvironmentCannotBeWritten() throws Exception {
        Files.createFile(folder.resolve("activations"));

        assertThat(refusal(Launches.of("x", 1)))
                .isEqualTo("failed: cannot start unit x@.service for activation 1: " + folder + "/activations");
    }

    @Test
    void shouldRemoveWhatAFormerBrokerLeft() throws Exception {
        Files.createFile(Files.createDirectory(folder.resolve("activations")).resolve("7.env"));

        new UnitLauncher(folder, Map.of()).close();

        assertThat(folder.resolve("activations")).isEmptyDirectory();
    }

    @Test
    void shouldKeepTheTokenOutOfTexts() {
        assertThat(Launches.of("x", 1)).hasToString("UnitLaunch[x@.service, 1]");
    }

    /** A process of its own that has a launcher and does not use it. */
    static void main() {
        new UnitLauncher(Path.of("/nonexistent"), Map.of()).close();
    }

    @Test
    void shouldLoadNothingOfDbusBeforeTheFirstLaunch() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UnitLauncherTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(loaded).contains(UnitLauncher.class.getName()).doesNotContain("org.freedesktop");
    }
}
