package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Signals;
import io.socketbroker.v1.SystemdLauncher.Manager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real manager behind a real message bus. */
@Tag("systemd")
class BusTest {
    private final Map<Integer, String> descriptors = Descriptors.open();

    /** As on a desktop, but under the system bus's name, to show that this is taken too. */
    @Test
    void shouldLaunchOverABus(@TempDir Path folder) throws Exception {
        try (UserManager manager = new UserManager(folder, true)) {
            manager.awaitOnBus();
            Map<String, String> environment = Map.of(
                    "DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + manager.runtime().resolve("bus"));
            try (UnitLauncher launcher = new UnitLauncher(manager.runtimeDirectory(), environment)) {
                Recorder outcome = new Recorder();
                launcher.launch(Launches.of("sleeper", 1, Manager.MANAGER_SYSTEM, Map.of()), outcome);
                assertThat(outcome.next()).isEqualTo("started PID");
                launcher.signal(1, Signals.SIGKILL);
                assertThat(outcome.next()).isEqualTo("failure: unit sleeper@1.service failed: signal, SIGKILL");

                Recorder missing = new Recorder();
                launcher.launch(Launches.of("absent", 2, Manager.MANAGER_SYSTEM, Map.of()), missing);
                assertThat(missing.next())
                        .isEqualTo(
                                "failed: unit absent@2.service: the manager refuses: Unit absent@2.service not found.");
            }
        }
        assertThat(Descriptors.open()).isEqualTo(descriptors);
    }

    @Test
    void shouldSayWhoMustAllowIt(@TempDir Path folder) throws Exception {
        try (UserManager manager = new UserManager(folder, true)) {
            Path units = folder.resolve("config/systemd/user");
            Files.writeString(folder.resolve("config/bus.conf"), """
                    <busconfig>
                      <type>session</type>
                      <listen>unix:tmpdir=/tmp</listen>
                      <policy context="default">
                        <allow send_destination="*"/>
                        <allow eavesdrop="true"/>
                        <allow own="*"/>
                        <deny send_interface="org.freedesktop.systemd1.Manager" send_member="StartUnit"/>
                      </policy>
                    </busconfig>
                    """);
            Files.writeString(
                    Files.createDirectory(units.resolve("dbus.service.d")).resolve("policy.conf"), """
                    [Service]
                    ExecStart=
                    ExecStart=/usr/bin/dbus-daemon --config-file=%E/bus.conf --address=systemd: --nofork --nopidfile \
                        --systemd-activation --syslog-only
                    """);
            manager.reload();
            manager.awaitOnBus();
            // A bus that is slow to answer would be passed over for the private socket, which has no policy.
            Files.delete(manager.runtime().resolve("systemd/private"));
            try (UnitLauncher launcher = new UnitLauncher(manager.runtimeDirectory(), manager.environment())) {
                Recorder outcome = new Recorder();
                launcher.launch(Launches.of("sleeper", 1), outcome);

                assertThat(outcome.next())
                        .startsWith("failed: unit sleeper@1.service: the manager refuses: ")
                        .endsWith(" (the manager's policy must let the broker's user start it)");
            }
        }
    }
}
