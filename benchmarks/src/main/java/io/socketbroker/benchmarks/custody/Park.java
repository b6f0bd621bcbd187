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
import io.socketbroker.linux.DescriptorChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an application waits for when it parks a connection and when it takes it back, while so many are parked: the broker
 * with journal and vault, and without, beside s6-fdholderd, which only holds, and a process that only keeps descriptors in
 * an array.
 */
public final class Park {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("held", "200,3000,14000", "rounds", "40", "warm-up", "3000"),
            Map.of("held", "200,3000", "rounds", "6", "warm-up", "1000"));
    private static final int OTHER_DESCRIPTORS = 1_500;
    private static final int BATCH = DescriptorChannel.MAX_DESCRIPTORS;

    private Park() {}

    /** Arguments: the launcher, --held, --rounds, and --warm-up sockets of each. */
    public static void main(String[] args) {
        Bench.main("park", args, DEFAULTS, Park::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int rounds = options.number("rounds");
        report.note("programs and floor: " + JavaProgram.flags());
        try (Workshop workshop = Workshop.open()) {
            List<Entrant> entrants = new ArrayList<>();
            entrants.add(Entrant.floor(workshop));
            BrokerProcess keeping = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + keeping.flags());
            entrants.add(broker(workshop, "Socket Broker, journal and vault", keeping));
            entrants.add(broker(workshop, "Socket Broker, no custody", BrokerProcess.start(workshop, launcher)));
            Entrant.addS6(entrants, workshop, report);
            for (Entrant entrant : entrants) {
                entrant.program().hear();
            }
            warmUp(entrants, options.number("warm-up"));
            for (int held : options.numbers("held")) {
                Machine.requireDescriptors(held + BATCH + OTHER_DESCRIPTORS);
                List<Entrant> ready = Entrant.fill(entrants, held, report);
                compare(report, "park one socket, " + held + " parked", ready, "put 25", rounds);
                compare(
                        report,
                        "park " + BATCH + " at once, for each socket, " + held + " parked",
                        ready,
                        "batch " + BATCH,
                        rounds);
                compare(report, "take one back, " + held + " parked", ready, "take 25", rounds);
            }
        }
    }

    /** The compilers of the JVMs of both sides have much to do for gRPC. */
    private static void warmUp(List<Entrant> entrants, int puts) throws IOException {
        for (Entrant entrant : entrants) {
            for (String turn : List.of("put " + puts, "take " + puts)) {
                entrant.taking(turn).run();
            }
        }
    }

    private static void compare(Report report, String title, List<Entrant> entrants, String turn, int rounds)
            throws IOException {
        Comparison.run(report, title, Unit.MICROSECONDS, Entrant.taking(entrants, turn), rounds / 2, rounds);
    }

    private static Entrant broker(Workshop workshop, String name, BrokerProcess broker) throws IOException {
        return Entrant.of(
                workshop, Role.OURS, name, "broker", broker.runtimeDirectory().toString());
    }
}
