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

/**
 * How many wakes a second a broker and one running program can keep up, each handled and given back, with so many sockets on
 * their way at once. More is better, so a ratio to the floor is below 1.
 */
public final class Sustained {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("parked", "1000", "wakes", "20000", "window", "64", "rounds", "15"),
            Map.of("wakes", "5000", "rounds", "3"));

    private Sustained() {}

    /** Arguments: the launcher, --parked sockets of each, --wakes of a turn, --window, --rounds. */
    public static void main(String[] args) {
        Bench.main("sustained", args, DEFAULTS, Sustained::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int parked = options.number("parked");
        int window = options.number("window");
        int rounds = options.number("rounds");
        String turn = "sustain " + options.number("wakes") + " " + window;
        report.note("programs and floor: " + JavaProgram.flags());
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.start(workshop, launcher);
            report.note("broker: " + broker.flags());
            List<WakeContender> contenders = List.of(
                    WakeContender.floor(workshop, "floor: epoll + SEQPACKET", parked, 1, turn),
                    WakeContender.raw(workshop, "Socket Broker, fd.sock", parked, broker, turn),
                    WakeContender.sdk(workshop, "Socket Broker, SDK", parked, broker, window, turn));
            Comparison.run(
                    report,
                    "wakes a second, " + window + " at once (more is better)",
                    Unit.PER_SECOND,
                    contenders,
                    rounds / 4 + 1,
                    rounds);
        }
    }
}
