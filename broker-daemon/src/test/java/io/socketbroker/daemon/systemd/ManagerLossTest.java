package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager that is not there, dies, does not answer, or is not needed for a while. */
@Tag("systemd")
class ManagerLossTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static Patience patience(Duration answer, Duration unseen, Duration idle) {
        return new Patience(answer, Duration.ofMillis(20), Duration.ofMillis(100), unseen, idle);
    }

    @TempDir
    private Path folder;

    private final Map<Integer, String> descriptors = Descriptors.open();

    @AfterEach
    void shouldLeaveNothing() throws IOException {
        await().untilAsserted(() -> assertThat(Descriptors.open()).isEqualTo(descriptors));
        Path environments = folder.resolve("run/socketbroker/activations");
        if (Files.exists(environments)) {
            try (Stream<Path> files = Files.list(environments)) {
                assertThat(files).isEmpty();
            }
        }
    }

    /** Where nothing listens. */
    private UnitLauncher launcherAlone(Patience patience) throws IOException {
        Path runtime = Files.createDirectory(folder.resolve("run"));
        return new UnitLauncher(
                Files.createDirectory(runtime.resolve("socketbroker")),
                Map.of("XDG_RUNTIME_DIR", runtime.toString()),
                patience);
    }

    @Test
    void shouldSayThatNoManagerIsThere() throws Exception {
        try (UnitLauncher launcher = launcherAlone(Patience.USUAL)) {
            Recorder outcome = new Recorder();
            launcher.launch(Launches.of("sleeper", 1), outcome);

            assertThat(outcome.next())
                    .startsWith("failed: unit sleeper@1.service: cannot reach the user manager: ")
                    .contains(folder + "/run/bus: ", folder + "/run/systemd/private: ");
        }
    }

    @Test
    void shouldGiveUpOnAManagerThatDoesNotAnswer() throws Exception {
        try (UnitLauncher launcher = launcherAlone(patience(Duration.ofMillis(500), LONG, LONG));
                ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(folder.resolve("run/bus")));
            Recorder outcome = new Recorder();
            launcher.launch(Launches.of("sleeper", 1), outcome);

            assertThat(outcome.next())
                    .isEqualTo("failed: unit sleeper@1.service: cannot reach the user manager: no answer for 500 ms");
        }
    }

    @Test
    void shouldRecoverFromTheManagersDeath() throws Exception {
        try (UserManager manager = new UserManager(folder, false);
                UnitLauncher launcher = new UnitLauncher(manager.runtimeDirectory(), manager.environment())) {
            recover(manager, launcher, Launches.of("sleeper", 1), Launches.of("sleeper", 2), Launches.of("failing", 3));
        }
    }

    /** On a bus nothing breaks when the manager dies. */
    @Test
    void shouldRecoverFromTheManagersDeathOnABus() throws Exception {
        try (UserManager manager = new UserManager(folder, true);
                UnitLauncher launcher = new UnitLauncher(manager.runtimeDirectory(), manager.environment())) {
            recover(manager, launcher, Launches.of("sleeper", 1), Launches.of("sleeper", 2), Launches.of("failing", 3));
        }
    }

    private static void recover(
            UserManager manager, UnitLauncher launcher, UnitLaunch runs, UnitLaunch fails, UnitLaunch runsAgain)
            throws Exception {
        Recorder running = new Recorder();
        launcher.launch(runs, running);
        assertThat(running.next()).isEqualTo("started PID");

        manager.kill();
        Recorder failing = new Recorder();
        launcher.launch(fails, failing);
        assertThat(failing.next())
                .startsWith("failed: unit sleeper@2.service: ")
                .contains("user manager");
        assertThat(running.rest()).isEmpty();

        manager.start();
        assertThat(running.next())
                .isEqualTo("failure: unit sleeper@1.service: the manager does not know any more how it ended");
        Recorder again = new Recorder();
        launcher.launch(runsAgain, again);
        assertThat(again.all())
                .containsExactly("started PID", "failure: unit failing@3.service failed: exit-code, status 3");
    }

    @Test
    void shouldNotWaitForAManagerForEver() throws Exception {
        try (UserManager manager = new UserManager(folder, false);
                UnitLauncher launcher = new UnitLauncher(
                        manager.runtimeDirectory(),
                        manager.environment(),
                        patience(LONG, Duration.ofSeconds(1), LONG))) {
            Recorder outcome = new Recorder();
            launcher.launch(Launches.of("sleeper", 1), outcome);
            assertThat(outcome.next()).isEqualTo("started PID");

            manager.kill();

            assertThat(outcome.next())
                    .isEqualTo("failure: unit sleeper@1.service: out of sight: the user manager is gone");
        }
    }

    @Test
    void shouldBeConnectedOnlyWhileThereAreUnits() throws Exception {
        try (UserManager manager = new UserManager(folder, false);
                UnitLauncher launcher = new UnitLauncher(
                        manager.runtimeDirectory(),
                        manager.environment(),
                        patience(LONG, LONG, Duration.ofMillis(200)))) {
            Map<Integer, String> idle = Descriptors.open();
            for (int activation = 1; activation <= 2; activation++) {
                Recorder outcome = new Recorder();
                launcher.launch(Launches.of("failing", activation), outcome);
                assertThat(outcome.all()).hasSize(2);
                await().untilAsserted(() -> assertThat(Descriptors.open()).isEqualTo(idle));
            }
        }
    }

    @Test
    void shouldLeaveUnitsAloneWhenClosed() throws Exception {
        try (UserManager manager = new UserManager(folder, false)) {
            Recorder outcome = new Recorder();
            UnitLauncher launcher = new UnitLauncher(manager.runtimeDirectory(), manager.environment());
            launcher.launch(Launches.of("sleeper", 1), outcome);
            assertThat(outcome.next()).isEqualTo("started PID");

            launcher.close();

            assertThat(ProcessHandle.of(outcome.pid())).get().matches(ProcessHandle::isAlive);
            assertThat(outcome.rest()).isEmpty();
            launcher.launch(Launches.of("sleeper", 2), outcome);
            assertThat(outcome.rest())
                    .containsExactly("failed: unit of activation 2: the launcher is closed or too much waits");
        }
    }
}
