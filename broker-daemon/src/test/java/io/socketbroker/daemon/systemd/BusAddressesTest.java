package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.systemd.BusAddresses.Address;
import io.socketbroker.v1.SystemdLauncher.Manager;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BusAddressesTest {
    @Test
    void shouldFindTheUserManagerByItsRuntimeFolder() {
        assertThat(BusAddresses.of(Manager.MANAGER_USER, Map.of("XDG_RUNTIME_DIR", "/run/user/7")))
                .containsExactly(
                        new Address(Path.of("/run/user/7/bus"), true),
                        new Address(Path.of("/run/user/7/systemd/private"), false));
    }

    @Test
    void shouldTakeTheSessionBusFirst() {
        Map<String, String> environment = Map.of(
                "XDG_RUNTIME_DIR",
                "/run/user/7",
                "DBUS_SESSION_BUS_ADDRESS",
                "unix:abstract=/tmp/x;tcp:host=a;unix:path=/a%20b+c,guid=1");

        assertThat(BusAddresses.of(Manager.MANAGER_USER, environment))
                .startsWith(new Address(Path.of("/a b+c"), true))
                .hasSize(3);
    }

    @Test
    void shouldGuessTheRuntimeFolder() {
        assertThat(BusAddresses.of(Manager.MANAGER_USER, Map.of()))
                .contains(new Address(Path.of("/run/user/" + BusAddresses.ownUid() + "/bus"), true));
    }

    @Test
    void shouldFindTheSystemManager() {
        assertThat(BusAddresses.of(Manager.MANAGER_SYSTEM, Map.of()))
                .containsExactly(
                        new Address(Path.of("/run/dbus/system_bus_socket"), true),
                        new Address(Path.of("/run/systemd/private"), false));
    }

    @Test
    void shouldEscapeUnitNamesAsSystemdDoes() {
        assertThat(Systemd.unitPath("socketbroker-handler@5.service"))
                .isEqualTo("/org/freedesktop/systemd1/unit/socketbroker_2dhandler_405_2eservice");
        assertThat(Systemd.unitPath("5_x.service")).isEqualTo("/org/freedesktop/systemd1/unit/_35_5fx_2eservice");
    }
}
