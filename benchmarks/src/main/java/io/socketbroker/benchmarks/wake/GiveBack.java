package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** From a program's word that it gives a socket back to the confirmation: with journal and vault, and without. */
public final class GiveBack {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("parked", "100,10000", "rounds", "40"), Map.of("parked", "2000", "rounds", "6"));
    private static final String TURN = "give-back 100";

    private GiveBack() {}

    /** Arguments: the launcher, --parked and --rounds. */
    public static void main(String[] args) {
        Bench.main("give-back", args, DEFAULTS, GiveBack::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        report.note("programs and floor: " + JavaProgram.flags());
        int rounds = options.number("rounds");
        for (int parked : options.numbers("parked")) {
            try (Workshop workshop = Workshop.open()) {
                BrokerProcess keeping = BrokerProcess.startKeeping(workshop, launcher);
                BrokerProcess alone = BrokerProcess.start(workshop, launcher);
                report.note("broker: " + alone.flags());
                List<WakeContender> contenders = List.of(
                        WakeContender.floor(workshop, "floor: SEQPACKET + epoll + answer", parked, 1, TURN),
                        WakeContender.raw(workshop, "Socket Broker, journal and vault", parked, keeping, TURN),
                        WakeContender.raw(workshop, "Socket Broker, no custody", parked, alone, TURN));
                Comparison.run(
                        report,
                        "give a socket back -> confirmed, " + parked + " parked",
                        Unit.MICROSECONDS,
                        contenders,
                        rounds / 2,
                        rounds);
            }
        }
    }
}
