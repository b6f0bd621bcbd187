package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** From the start of bin/socketbroker to a daemon that serves, with a new state folder. */
public final class DaemonStart {
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("rounds", "20"), Map.of("rounds", "3"));

    private DaemonStart() {}

    /** Arguments: the launcher, and --rounds. */
    public static void main(String[] args) {
        Bench.main("daemon-start", args, DEFAULTS, DaemonStart::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        report.note("floor: " + JavaProgram.flags());
        List<Contender> contenders = List.of(
                Starts.floor(),
                () -> start("daemon, no custody", workshop -> BrokerProcess.start(workshop, launcher)),
                () -> start(
                        "vault, then daemon with a journal",
                        workshop -> BrokerProcess.startKeeping(workshop, launcher)),
                () -> start(
                        "vault alone",
                        workshop -> BrokerProcess.startVault(
                                workshop, launcher, workshop.folder().resolve("vault.sock"))));
        Comparison.run(report, "start -> it serves", Unit.MILLISECONDS, contenders, 1, options.number("rounds"));
    }

    /** Starts something in a workshop. */
    @FunctionalInterface
    private interface Start {
        Object in(Workshop workshop) throws IOException;
    }

    private static List<Measured> start(String name, Start start) throws IOException {
        try (Workshop workshop = Workshop.open()) {
            long begun = System.nanoTime();
            var _ = start.in(workshop);
            return List.of(Measured.of(Role.OURS, name, System.nanoTime() - begun));
        }
    }
}
