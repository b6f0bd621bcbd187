package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.activation.HandlerEnvironment;
import io.socketbroker.daemon.activation.HandlerTable;
import io.socketbroker.daemon.activation.Launcher;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.HandlerEnd;
import io.socketbroker.daemon.core.LaunchPlan;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.systemd.UnitLaunch;
import io.socketbroker.daemon.systemd.UnitLauncher;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.v1.LaunchStyle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has handlers started, and tells the rules how that went. On the conductor thread. */
final class Launches {
    private static final Logger log = LoggerFactory.getLogger(Launches.class);

    private final EventLoop loop;
    private final Brokerage brokerage;
    private final DescriptorTable descriptors;
    private final Launcher launcher;
    private final HandlerTable handlers;
    private final UnitLauncher units;
    private final Path runtimeDirectory;

    /** Activations whose handler is a systemd unit. */
    private final Set<Long> asUnits = new HashSet<>();

    Launches(
            EventLoop loop,
            Brokerage brokerage,
            DescriptorTable descriptors,
            Launcher launcher,
            HandlerTable handlers,
            UnitLauncher units,
            Path runtimeDirectory) {
        this.loop = loop;
        this.brokerage = brokerage;
        this.descriptors = descriptors;
        this.launcher = launcher;
        this.handlers = handlers;
        this.units = units;
        this.runtimeDirectory = runtimeDirectory;
    }

    /**
     * Starts a handler; what follows is told to the rules in a later turn, or at once if it cannot be started.
     *
     * @param committed the lease is in the journal: the next broker must know of a handler that outlives this one
     */
    void launch(LaunchPlan plan, CompletableFuture<Void> committed, Runnable runAll) {
        FailPoint.LAUNCH_DECIDED.pass();
        if (plan.spec().hasSystemd()) {
            startUnit(plan, runAll);
            return;
        }
        List<OwnedFd> duplicates = new ArrayList<>();
        LaunchStyle style = plan.style();
        if (style != LaunchStyle.LAUNCH_STYLE_CLAIM) {
            try {
                for (LaunchPlan.Handed socket : plan.sockets()) {
                    // inetd programs expect a blocking socket; the flag belongs to the open socket, not to the
                    // duplicate.
                    DescriptorFlags.setNonBlocking(
                            descriptors.at(socket.slot()),
                            style != LaunchStyle.LAUNCH_STYLE_SOCKET
                                    && socket.candidate().nonBlocking());
                    duplicates.add(descriptors.duplicate(socket.slot()));
                }
            } catch (LinuxException e) {
                duplicates.forEach(OwnedFd::close);
                brokerage.launchFailed(plan.activationId(), e.toString());
                return;
            }
        }
        launcher.launch(plan, duplicates, committed, new Launcher.Outcome() {
            @Override
            public void started(SpawnedProcess process) {
                if (!loop.submit(() -> {
                    running(plan, process);
                    runAll.run();
                })) {
                    process.pidfd().close();
                }
            }

            @Override
            public void failed(String error) {
                loop.submit(() -> {
                    log.warn("task {} activation {}: {}", plan.task(), plan.activationId(), error);
                    brokerage.launchFailed(plan.activationId(), error);
                    runAll.run();
                });
            }
        });
    }

    /** A handler of a former broker: its end can be seen, but not its status, which went to another parent. */
    void adopt(long activationId, int pid) {
        try {
            handlers.adopt(activationId, PidFd.open(pid));
        } catch (LinuxException e) {
            brokerage.exited(activationId, HandlerEnd.UNKNOWN, "ended while the broker was away");
        }
    }

    private void running(LaunchPlan plan, SpawnedProcess process) {
        try {
            handlers.add(plan.activationId(), process);
        } catch (LinuxException e) {
            // It cannot be watched, so it must not run: nobody would notice its end.
            PidFd.sendSignal(process.pidfd().fd(), Signals.SIGKILL);
            PidFd.waitFor(process.pidfd().fd(), true);
            process.pidfd().close();
            brokerage.launchFailed(plan.activationId(), e.toString());
            return;
        }
        brokerage.launched(plan.activationId(), process.pid());
        FailPoint.HANDLER_KNOWN.pass();
    }

    private void startUnit(LaunchPlan plan, Runnable runAll) {
        long id = plan.activationId();
        asUnits.add(id);
        UnitLaunch launch =
                new UnitLaunch(id, plan.spec().getSystemd(), HandlerEnvironment.ofBroker(plan, runtimeDirectory));
        units.launch(launch, new UnitLauncher.Outcome() {
            @Override
            public void started(int mainPid) {
                tell(() -> brokerage.launched(id, mainPid));
            }

            @Override
            public void failed(String error) {
                log.warn("task {} activation {}: {}", plan.task(), id, error);
                tell(() -> {
                    asUnits.remove(id);
                    brokerage.launchFailed(id, error);
                });
            }

            @Override
            public void ended(boolean success, String result) {
                tell(() -> {
                    asUnits.remove(id);
                    brokerage.exited(id, HandlerEnd.of(success), result);
                });
            }

            private void tell(Runnable news) {
                // Refused only when the loop has ended.
                loop.submit(() -> {
                    news.run();
                    runAll.run();
                });
            }
        });
    }

    /** See signal(7); a unit is stopped instead of terminated. */
    void signal(long activationId, int signal) {
        if (asUnits.contains(activationId)) {
            units.signal(activationId, signal);
        } else {
            handlers.signal(activationId, signal);
        }
    }
}
