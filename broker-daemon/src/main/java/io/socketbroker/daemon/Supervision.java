package io.socketbroker.daemon;

import io.socketbroker.daemon.conductor.Vitals;
import io.socketbroker.daemon.core.Queries.Totals;
import io.socketbroker.daemon.declared.Declarations;
import io.socketbroker.daemon.rpc.Upgrades;
import io.socketbroker.daemon.supervisor.InheritedDescriptors;
import io.socketbroker.daemon.supervisor.Supervisor;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker as the service manager that started this process sees it; without one, just a broker. Thread-safe. */
final class Supervision implements Vitals, Declarations.Manager {
    private static final Logger log = LoggerFactory.getLogger(Supervision.class);

    private final Map<String, String> environment;
    private final long ownPid = ProcessHandle.current().pid();
    private final Supervisor supervisor;

    /** As the environment of this process says. */
    Supervision(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        supervisor = Supervisor.of(environment, ownPid);
    }

    /**
     * Starts a broker, on the manager's listeners if it passed on any; only once in the life of a process.
     *
     * @throws IOException see {@link RunningBroker#start}; also if what the manager passed on makes no sense
     */
    RunningBroker start(Settings settings, Upgrades upgrades) throws IOException {
        try (InheritedDescriptors inherited = InheritedDescriptors.take(environment, ownPid)) {
            RunningBroker broker = RunningBroker.start(settings.runtimeDirectory(), settings, inherited, upgrades);
            if (!inherited.namesLeft().isEmpty()) {
                log.warn("descriptors of the service manager are closed, nobody knows them: {}", inherited.namesLeft());
            }
            return broker;
        }
    }

    /** Both sockets of the broker are served. From now on the manager hears of it as long as its conductor turns. */
    void serving(RunningBroker broker) {
        supervisor.ready("Serving");
        if (supervisor.isListening()) {
            broker.tell(this, supervisor.aliveEveryNanos());
        }
    }

    @Override
    public void reloading() {
        supervisor.reloading("Reloading");
    }

    @Override
    public void reloaded() {
        supervisor.ready("Serving");
    }

    /** The process is about to become another program, which will say when it serves. */
    void upgrading() {
        supervisor.reloading("Upgrading");
    }

    /** The broker is about to be closed. */
    void stopping() {
        supervisor.stopping("Stopping");
    }

    @Override
    public boolean alive() {
        return supervisor.alive();
    }

    @Override
    public boolean totals(Totals totals) {
        return supervisor.status("Serving. Sockets: " + totals.sockets() + ", tasks: " + totals.tasks()
                + ", activations: " + totals.activations());
    }
}
