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
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * From a byte's arrival at a parked socket to a running program that has its descriptor: sessions beside the bare kernel
 * path, in turns of 200 wakes. First one at a time, of sockets chosen at random; then by a schedule that waits for nobody.
 * One broker keeps journal and vault; the other nothing, and half of its sockets are of a program that speaks frames, half of
 * one with the SDK.
 */
public final class SessionWake {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("parked", "100,2000,15000", "rounds", "50", "rate", "1000"),
            Map.of("parked", "2000", "rounds", "10"));
    private static final int WAKES = 200;
    private static final int SDK_DEFAULT_CREDIT = 64;
    /** Of the broker: its reserve, and room for handlers. */
    private static final int OTHER_DESCRIPTORS = 1_500;

    private SessionWake() {}

    /** Arguments: the launcher, --parked, --rounds, and --rate of arrivals a second. */
    public static void main(String[] args) {
        Bench.main("session-wake", args, DEFAULTS, SessionWake::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        report.note("programs and floor: " + JavaProgram.flags());
        for (int parked : options.numbers("parked")) {
            Machine.requireDescriptors(parked + OTHER_DESCRIPTORS);
            compare(launcher, parked, options, report);
        }
    }

    private static void compare(Path launcher, int parked, Options options, Report report) throws IOException {
        int half = Math.ceilDiv(parked, 2);
        int rounds = options.number("rounds");
        int rate = options.number("rate");
        String oneByOne = "wake " + WAKES;
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess keeping = BrokerProcess.startKeeping(workshop, launcher);
            BrokerProcess alone = BrokerProcess.start(workshop, launcher);
            report.note("broker: " + keeping.flags());
            List<WakeContender> contenders = List.of(
                    WakeContender.floor(workshop, "floor: epoll + SEQPACKET", parked, 1, oneByOne),
                    WakeContender.raw(workshop, "Socket Broker, journal and vault", parked, keeping, oneByOne),
                    WakeContender.raw(workshop, "Socket Broker, no custody", half, alone, oneByOne),
                    WakeContender.sdk(
                            workshop, "Socket Broker, no custody, SDK", half, alone, SDK_DEFAULT_CREDIT, oneByOne));
            Comparison.run(
                    report,
                    "a byte arrives -> a running program has the socket, one at a time, " + parked + " parked",
                    Unit.MICROSECONDS,
                    contenders,
                    rounds / 2,
                    rounds);
            Comparison.run(
                    report,
                    "the same, " + rate + " bytes a second at random times (open loop), " + parked + " parked",
                    Unit.MICROSECONDS,
                    contenders.stream()
                            .map(contender -> contender.taking("open " + WAKES + " " + rate))
                            .toList(),
                    1,
                    rounds / 2);
        }
    }
}
