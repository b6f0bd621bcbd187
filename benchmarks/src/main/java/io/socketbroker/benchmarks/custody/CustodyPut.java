package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Machine;
import io.socketbroker.benchmarks.harness.Measured;
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
import java.util.stream.Stream;

/**
 * One descriptor into the custody of another process, until that has said that it has it, while it holds so many already:
 * our vault, s6-fdholderd, systemd's fd store, and a process that only keeps them in an array.
 */
public final class CustodyPut {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("held", "100,2000,10000", "rounds", "40", "systemd-most", "10000"),
            Map.of("held", "100,2000,10000", "rounds", "10", "systemd-most", "2000"));
    private static final int PUTS = 25;
    private static final int OTHER_DESCRIPTORS = 1_500;

    private CustodyPut() {}

    /** A contender's program, and how many it holds at most. */
    private record Entrant(Role role, String name, JavaProgram program, int mostHeld) {
        List<Measured> turn() throws IOException {
            program.say("put " + PUTS);
            List<Long> nanos =
                    Stream.of(program.hear().split(" ", -1)).map(Long::valueOf).toList();
            return List.of(Measured.of(role, name, nanos));
        }
    }

    /** Arguments: the launcher, --held, --rounds, and --systemd-most: up to how many systemd takes part. */
    public static void main(String[] args) {
        Bench.main("custody-put", args, DEFAULTS, CustodyPut::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int rounds = options.number("rounds");
        report.note("programs and floor: " + JavaProgram.flags());
        try (Workshop workshop = Workshop.open()) {
            List<Entrant> entrants = entrants(workshop, launcher, options, report);
            for (Entrant entrant : entrants) {
                entrant.program.hear();
            }
            for (int held : options.numbers("held")) {
                Machine.requireDescriptors(held + OTHER_DESCRIPTORS);
                List<Contender> contenders = new ArrayList<>();
                for (Entrant entrant : entrants) {
                    if (held <= entrant.mostHeld) {
                        entrant.program.say("fill " + held);
                        entrant.program.hear();
                        contenders.add(entrant::turn);
                    } else {
                        report.note("WITHOUT " + entrant.name + " at " + held + " held: see --systemd-most");
                    }
                }
                Comparison.run(
                        report,
                        "put one descriptor into custody, " + held + " held",
                        Unit.MICROSECONDS,
                        contenders,
                        rounds / 2,
                        rounds);
            }
        }
    }

    private static List<Entrant> entrants(Workshop workshop, Path launcher, Options options, Report report)
            throws IOException {
        List<Entrant> entrants = new ArrayList<>();
        Path floor = workshop.folder().resolve("floor");
        JavaProgram.start(workshop, FloorHolder.class, floor.toString()).hear();
        entrants.add(entrant(workshop, Role.FLOOR, "floor: SEQPACKET + answer", "floor", floor.toString()));
        Path vault = workshop.folder().resolve("vault.sock");
        BrokerProcess.startVault(workshop, launcher, vault);
        entrants.add(entrant(workshop, Role.OURS, "Socket Broker, vault", "vault", vault.toString()));
        // Two daemons, so that both hold as many.
        Optional<S6Daemon> s6 = S6Daemon.start(workshop, report, "s6c");
        if (s6.isPresent()) {
            String socket = s6.get().socket().toString();
            entrants.add(entrant(workshop, Role.RIVAL, "s6-fdholderd, one connection", "s6", socket));
            S6Daemon other = S6Daemon.start(workshop, report, "s6p").orElseThrow();
            entrants.add(entrant(
                    workshop,
                    Role.RIVAL,
                    "s6-fdholderd, s6-fdholder-store",
                    "s6-programs",
                    other.socket().toString(),
                    other.store().toString(),
                    other.libraryPath()));
        }
        Optional<JavaProgram> systemd = SystemdManager.start(workshop, report);
        if (systemd.isPresent()) {
            int most = options.number("systemd-most");
            entrants.add(new Entrant(Role.RIVAL, "systemd fd store", systemd.get(), most));
        }
        return entrants;
    }

    private static Entrant entrant(Workshop workshop, Role role, String name, String... arguments) throws IOException {
        return new Entrant(role, name, JavaProgram.start(workshop, CustodyProgram.class, arguments), Integer.MAX_VALUE);
    }
}
