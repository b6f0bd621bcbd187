package io.socketbroker.daemon.conditions;

import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;

/**
 * Where conditions are looked up.
 *
 * @param network the folder of the files route and ipv6_route of a network (proc_net(5))
 * @param pressure the folder of the files cpu, memory and io of the host (PSI, see Documentation/accounting/psi.rst of the
 *     kernel)
 * @param clock the time of the day
 */
record Surroundings(Path network, Path pressure, InstantSource clock) {
    static Surroundings real(Path network) {
        return new Surroundings(network, Path.of("/proc/pressure"), Clock.systemUTC());
    }
}
