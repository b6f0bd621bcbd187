package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Machine;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One descriptor into the custody of another process, until that has said that it has it, while it holds so many already:
 * our vault, s6-fdholderd, systemd's fd store, and a process that only keeps them in an array.
 */
public final class CustodyPut {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("held", "100,2000,10000", "rounds", "40", "systemd-most", "10000"),
            Map.of("rounds", "5", "systemd-most", "2000"));
    private static final String TURN = "put 25";
    private static final int OTHER_DESCRIPTORS = 1_500;

    private CustodyPut() {}

    /** Arguments: the launcher, --held, --rounds, and --systemd-most: up to how many systemd takes part. */
    public static void main(String[] args) {
        Bench.main("custody-put", args, DEFAULTS, CustodyPut::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int rounds = options.number("rounds");
        report.note("programs and floor: " + JavaProgram.flags());
        try (Workshop workshop = Workshop.open()) {
            List<Entrant> entrants = entrants(workshop, launcher, options.number("systemd-most"), report);
            for (Entrant entrant : entrants) {
                entrant.program().hear();
            }
            for (int held : options.numbers("held")) {
                Machine.requireDescriptors(held + OTHER_DESCRIPTORS);
                Comparison.run(
                        report,
                        "put one descriptor into custody, " + held + " held",
                        Unit.MICROSECONDS,
                        Entrant.taking(Entrant.fill(entrants, held, report), TURN),
                        rounds / 2,
                        rounds);
            }
        }
    }

    private static List<Entrant> entrants(Workshop workshop, Path launcher, int systemdMost, Report report)
            throws IOException {
        List<Entrant> entrants = new ArrayList<>();
        entrants.add(Entrant.floor(workshop));
        Path vault = workshop.folder().resolve("vault.sock");
        BrokerProcess.startVault(workshop, launcher, vault);
        entrants.add(Entrant.of(workshop, Role.OURS, "Socket Broker, its vault alone", "vault", vault.toString()));
        Entrant.addS6(entrants, workshop, report);
        // A daemon of its own, so that both hold as many.
        Optional<S6Daemon> daemon = S6Daemon.start(workshop, report, "s6p");
        if (daemon.isPresent()) {
            entrants.add(Entrant.of(
                    workshop,
                    Role.RIVAL,
                    "s6-fdholderd, s6-fdholder-store",
                    "s6-programs",
                    daemon.get().socket().toString(),
                    daemon.get().store().toString(),
                    daemon.get().libraryPath()));
        }
        Optional<JavaProgram> systemd = SystemdManager.start(workshop, report);
        if (systemd.isPresent()) {
            entrants.add(new Entrant(Role.RIVAL, "systemd fd store", systemd.get(), systemdMost));
        }
        return entrants;
    }
}
