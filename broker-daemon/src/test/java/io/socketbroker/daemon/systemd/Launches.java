package io.socketbroker.daemon.systemd;

import io.socketbroker.v1.SystemdLauncher;
import io.socketbroker.v1.SystemdLauncher.Manager;
import java.util.Map;

/** Launches of the units of the test resources. */
final class Launches {
    private Launches() {}

    static UnitLaunch of(String template, long activationId) {
        return of(template, activationId, Manager.MANAGER_USER, Map.of("SOCKETBROKER_TOKEN", "0123"));
    }

    static UnitLaunch of(String template, long activationId, Manager manager, Map<String, String> environment) {
        SystemdLauncher launcher = SystemdLauncher.newBuilder()
                .setUnitTemplate(template + "@.service")
                .setManager(manager)
                .build();
        return new UnitLaunch(activationId, launcher, environment);
    }
}
