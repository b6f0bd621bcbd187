package io.socketbroker.daemon.systemd;

import io.socketbroker.v1.SystemdLauncher.Manager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts units and follows them to their end, on a thread of its own that comes with the first launch. Units that a
 * manager knows how to find must take their environment from {@code activations/%i.env} of the runtime folder; an
 * activation is one run of the unit, so Restart= and RemainAfterExit= of the unit are cut short by a stop.
 */
public final class UnitLauncher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UnitLauncher.class);
    private static final int MOST_QUEUED = 16_384;
    private static final int MOST_UNITS = 10_000;

    private final EnvironmentFiles files;
    private final Map<String, String> ownEnvironment;
    private final Patience patience;
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>(MOST_QUEUED);
    private final Map<Manager, ManagerLink> links = new EnumMap<>(Manager.class);
    private final Map<Long, Launched> launched = new HashMap<>();
    private final Object lock = new Object();
    // Guarded by lock.
    private @Nullable Thread thread;
    private volatile boolean closed;

    private record Launched(ManagerLink link, String unit) {}

    /**
     * Told how a unit fares, on the launcher's thread and never after {@link UnitLauncher#close}: at most one
     * {@code started}, then exactly one of the other two.
     */
    public interface Outcome {
        /** The unit's main program has this process id. Told as soon as the manager has it, for oneshot units too. */
        void started(int mainPid);

        /** No program of the unit ran. The text names the unit and says why. */
        void failed(String error);

        /**
         * Nothing of the unit runs any more, and {@code started} was called before.
         *
         * @param success the manager calls it one and no signal ended the program
         * @param result such as "unit x@5.service ended: status 0" and "unit x@5.service failed: exit-code, status 3"
         */
        void ended(boolean success, String result);
    }

    /**
     * Without a thread or a connection; removes what an earlier broker has left in the folder of environments.
     *
     * @param runtimeDirectory where {@code activations} is or will be; this broker is alone in it
     * @param ownEnvironment where DBUS_SESSION_BUS_ADDRESS, DBUS_SYSTEM_BUS_ADDRESS and XDG_RUNTIME_DIR are taken from
     */
    public UnitLauncher(Path runtimeDirectory, Map<String, String> ownEnvironment) {
        this(runtimeDirectory, ownEnvironment, Patience.USUAL);
    }

    UnitLauncher(Path runtimeDirectory, Map<String, String> ownEnvironment, Patience patience) {
        this.files = new EnvironmentFiles(runtimeDirectory);
        this.ownEnvironment = Map.copyOf(ownEnvironment);
        this.patience = patience;
        removeAllFiles();
    }

    /** From any thread; returns at once. If too much waits already, or after {@link #close}, the outcome is told on the caller's thread. */
    public void launch(UnitLaunch launch, Outcome outcome) {
        Outcome guarded = new GuardedOutcome(outcome);
        if (!submit(() -> start(launch, guarded))) {
            guarded.failed(
                    "unit of activation " + launch.activationId() + ": the launcher is closed or too much waits");
        }
    }

    /**
     * From any thread: SIGTERM stops the unit as systemd does it, any other signal goes to all its processes. Nothing
     * happens if the activation's unit is not under way; a unit that waits to be started is given up.
     */
    public void signal(long activationId, int signal) {
        boolean taken = submit(() -> {
            Launched unit = launched.get(activationId);
            if (unit != null) {
                unit.link.signal(unit.unit, signal);
            }
        });
        if (!taken) {
            log.warn("signal {} for activation {} is lost: too much waits", signal, activationId);
        }
    }

    private boolean submit(Runnable command) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            if (thread == null) {
                thread = Thread.ofPlatform().name("unit-launcher").daemon().start(this::run);
            }
            return inbox.offer(command);
        }
    }

    private void run() {
        try {
            while (!closed) {
                long nanos = Long.MAX_VALUE;
                for (ManagerLink link : links.values()) {
                    nanos = Math.min(nanos, link.nanosToNextDeadline());
                }
                Runnable next = inbox.poll(nanos, TimeUnit.NANOSECONDS);
                if (next != null) {
                    guarded(next);
                }
                links.values().forEach(link -> guarded(link::attend));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            links.values().forEach(ManagerLink::closeAndWait);
        }
    }

    /** A defect in one event must not end the service of all other units. */
    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException defect) {
            log.error("the unit launcher goes on after a defect", defect);
        }
    }

    private void start(UnitLaunch launch, Outcome outcome) {
        long id = launch.activationId();
        try {
            String unit = launch.unit();
            ManagerLink link = link(launch.launcher().getManager());
            if (launched.size() >= MOST_UNITS) {
                throw new IllegalArgumentException("there are " + MOST_UNITS + " already");
            }
            if (launched.containsKey(id)) {
                throw new IllegalArgumentException("activation " + id + " has one already");
            }
            files.write(id, launch.environment());
            launched.put(id, new Launched(link, unit));
            link.launch(id, unit, outcome);
        } catch (IllegalArgumentException | IOException e) {
            outcome.failed("cannot start unit " + launch.launcher().getUnitTemplate() + " for activation " + id + ": "
                    + e.getMessage());
        }
    }

    private ManagerLink link(Manager manager) {
        String name = switch (manager) {
            case MANAGER_SYSTEM -> "system manager";
            case MANAGER_USER -> "user manager";
            case MANAGER_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("the manager must be SYSTEM or USER");
        };
        return links.computeIfAbsent(
                manager,
                key -> new ManagerLink(name, BusAddresses.of(key, ownEnvironment), patience, inbox, this::over));
    }

    private void over(long activationId) {
        launched.remove(activationId);
        try {
            files.remove(activationId);
        } catch (IOException e) {
            log.warn("the environment of activation {} stays: {}", activationId, e.getMessage());
        }
    }

    private void removeAllFiles() {
        try {
            files.removeAll();
        } catch (IOException e) {
            log.warn("environments of former activations stay: {}", e.getMessage());
        }
    }

    /** Units go on without the broker; their outcomes are not told any more. Waits for the thread's end. */
    @Override
    public void close() {
        Thread running;
        synchronized (lock) {
            closed = true;
            running = thread;
        }
        if (running != null) {
            // It looks up once it has something to do.
            inbox.offer(() -> {});
            try {
                running.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        removeAllFiles();
    }

    /** A caller's defect must not keep the launcher from its other units. */
    private record GuardedOutcome(Outcome outcome) implements Outcome {
        @Override
        public void started(int mainPid) {
            guarded(() -> outcome.started(mainPid));
        }

        @Override
        public void failed(String error) {
            guarded(() -> outcome.failed(error));
        }

        @Override
        public void ended(boolean success, String result) {
            guarded(() -> outcome.ended(success, result));
        }
    }
}
