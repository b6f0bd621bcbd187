package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Machine;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * From a byte's arrival at a parked socket to a running program that has its descriptor: sessions beside the bare kernel
 * path, in turns of 200 wakes, one at a time, of sockets chosen at random. Half of the broker's sockets are of the program
 * that speaks frames, half of the one with the SDK.
 */
public final class SessionWake {
    private static final String TURN = "wake 200";
    private static final int WARM_UPS = 25;
    private static final int SDK_DEFAULT_CREDIT = 64;
    /** Of the broker: its reserve, and room for handlers. */
    private static final int OTHER_DESCRIPTORS = 1_500;

    private SessionWake() {}

    /** Arguments: the launcher, --parked and --rounds. */
    public static void main(String[] args) {
        Bench.main(args, Map.of("parked", "100,15000", "rounds", "50"), SessionWake::compare);
    }

    private static void compare(Path launcher, Options options) throws IOException {
        System.out.println("# programs and floor: " + JavaProgram.flags());
        for (int parked : options.numbers("parked")) {
            Machine.requireDescriptors(parked + OTHER_DESCRIPTORS);
            compare(launcher, parked, options.number("rounds"));
        }
    }

    private static void compare(Path launcher, int parked, int rounds) throws IOException {
        int half = Math.ceilDiv(parked, 2);
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.start(workshop, launcher);
            System.out.println("# broker: " + broker.flags());
            var contenders = List.of(
                    WakeContender.floor(workshop, "floor: epoll + SEQPACKET", parked, 1, TURN),
                    WakeContender.raw(workshop, "Socket Broker, fd.sock", half, broker, TURN),
                    WakeContender.sdk(workshop, "Socket Broker, SDK", half, broker, SDK_DEFAULT_CREDIT, TURN));
            Comparison.run(
                    "a byte arrives -> a running program has the socket, " + parked + " parked",
                    contenders,
                    WARM_UPS,
                    rounds);
        }
    }
}
