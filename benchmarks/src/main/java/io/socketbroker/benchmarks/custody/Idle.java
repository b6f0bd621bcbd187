package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Machine;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.ProcessFigures;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How often the threads of broker and vault run while nothing happens and many sockets are parked: context switches a second
 * of proc(5), beside a JVM that only waits in a system call, with the same flags as the other programs.
 */
public final class Idle {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("parked", "18000", "seconds", "10", "rounds", "3", "settle", "15"),
            Map.of("seconds", "3", "rounds", "1", "settle", "3"));
    private static final int OTHER_DESCRIPTORS = 1_500;
    private static final long THOUSAND = 1_000;

    private final int seconds;
    private final Report report;

    private Idle(int seconds, Report report) {
        this.seconds = seconds;
        this.report = report;
    }

    /** Arguments: the launcher, --parked, --seconds of a turn, --rounds, and seconds to --settle before the first one. */
    public static void main(String[] args) {
        Bench.main("idle", args, DEFAULTS, Idle::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        int parked = options.number("parked");
        Machine.requireDescriptors(parked + OTHER_DESCRIPTORS);
        Idle idle = new Idle(options.number("seconds"), report);
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + broker.flags());
            Path socket = workshop.folder().resolve("floor");
            JavaProgram floor = JavaProgram.start(workshop, FloorHolder.class, socket.toString());
            report.note("floor: " + JavaProgram.flags());
            floor.hear();
            Subjects subjects = workshop.closeLater(new Subjects(broker.runtimeDirectory()));
            subjects.park(parked);
            pause(options.number("settle"));
            List<Contender> all = List.of(() -> idle.turn(Map.of(
                    "floor: a JVM that waits", floor.pid(), "broker", broker.pid(), "vault", broker.vaultPid())));
            Comparison.run(
                    report,
                    "context switches a second while " + parked + " sockets are parked and nothing happens",
                    Unit.THOUSANDTHS,
                    all,
                    0,
                    options.number("rounds"));
            subjects.wake(List.of(0, parked - 1));
        }
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }

    /** All at the same time: whoever waits disturbs nobody. */
    private List<Measured> turn(Map<String, Long> pids) throws IOException {
        Map<String, Map<String, Long>> before = new LinkedHashMap<>();
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            before.put(process.getKey(), ProcessFigures.contextSwitches(process.getValue()));
        }
        pause(seconds);
        List<Measured> rows = new ArrayList<>();
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            long switches = 0;
            Map<String, Long> former = before.getOrDefault(process.getKey(), Map.of());
            for (var thread : ProcessFigures.contextSwitches(process.getValue()).entrySet()) {
                long more = thread.getValue() - former.getOrDefault(thread.getKey(), 0L);
                switches += more;
                if (more > 0) {
                    report.note(process.getKey() + ": thread " + thread.getKey() + " ran " + more + " times in "
                            + seconds + " s");
                }
            }
            Role role = process.getKey().startsWith("floor") ? Role.FLOOR : Role.OURS;
            rows.add(Measured.of(role, process.getKey(), THOUSAND * switches / seconds));
        }
        return rows;
    }
}
