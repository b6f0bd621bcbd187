package io.socketbroker.daemon.systemd;

import io.socketbroker.daemon.core.UnitTemplate;
import io.socketbroker.v1.SystemdLauncher;
import java.util.Map;

/**
 * One unit to start.
 *
 * @param activationId the unit's instance, not negative; no unit of an earlier activation may have had it and still run
 * @param launcher template and manager
 * @param environment what the unit's EnvironmentFile= holds; a value may hold any character but NUL and the control
 *     characters that systemd drops, all but tab and newline
 */
public record UnitLaunch(long activationId, SystemdLauncher launcher, Map<String, String> environment) {
    /** Copies the environment. */
    public UnitLaunch {
        environment = Map.copyOf(environment);
    }

    /**
     * The unit's name.
     *
     * @throws IllegalArgumentException if the template is none, see {@link UnitTemplate}
     */
    String unit() {
        return UnitTemplate.instance(launcher.getUnitTemplate(), activationId);
    }

    /** Without the environment, so that a token never reaches a log. */
    @Override
    public String toString() {
        return "UnitLaunch[" + launcher.getUnitTemplate() + ", " + activationId + "]";
    }
}
