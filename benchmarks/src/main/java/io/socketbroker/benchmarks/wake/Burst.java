package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Machine;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import io.socketbroker.linux.DescriptorChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All parked sockets become readable at once: the time until a running program has handled and given back the last one, and
 * how many messages brought them. Whoever watches is held while the bytes are sent.
 */
public final class Burst {
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("sockets", "5000", "rounds", "20", "credit", "64"), Map.of("rounds", "4"));
    private static final String TURN = "burst";
    private static final int BROKERED_PROGRAMS = 2;
    private static final int OTHER_DESCRIPTORS = 1_500;

    private Burst() {}

    /** Arguments: the launcher, --sockets, --rounds, and --credit of the SDK's session (its default is 64). */
    public static void main(String[] args) {
        Bench.main("burst", args, DEFAULTS, Burst::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int sockets = options.number("sockets");
        int credit = options.number("credit");
        Machine.requireDescriptors(BROKERED_PROGRAMS * sockets + OTHER_DESCRIPTORS);
        report.note("programs and floor: " + JavaProgram.flags());
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.start(workshop, launcher);
            report.note("broker: " + broker.flags());
            var contenders = List.of(
                    WakeContender.floor(
                            workshop, "floor: batches of 253", sockets, DescriptorChannel.MAX_DESCRIPTORS, TURN),
                    WakeContender.floor(workshop, "floor: one by one", sockets, 1, TURN),
                    WakeContender.raw(workshop, "Socket Broker, fd.sock, credit 10000", sockets, broker, TURN),
                    WakeContender.sdk(workshop, "Socket Broker, SDK, credit " + credit, sockets, broker, credit, TURN));
            int rounds = options.number("rounds");
            Comparison.run(
                    report,
                    sockets + " parked sockets become readable at once -> all handled and given back",
                    Unit.MICROSECONDS,
                    contenders,
                    rounds / 4 + 1,
                    rounds);
        }
    }
}
