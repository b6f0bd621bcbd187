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
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * From kill -9 of the broker to every one of its parked sockets watched again, the start of the next JVM included. In each
 * turn a byte is sent to a sample of them and must wake; at the end, to all of them.
 */
public final class Recovery {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("parked", "1000,10000", "rounds", "10", "sample", "200"), Map.of("rounds", "2"));
    private static final int OTHER_DESCRIPTORS = 1_500;
    private static final int AT_ONCE = 1_000;
    private static final String RESTORED = "sockets restored";

    private final BrokerProcess broker;
    private final Subjects subjects;
    private final int sample;
    private final SplittableRandom random = new SplittableRandom(4);

    private Recovery(BrokerProcess broker, Subjects subjects, int sample) {
        this.broker = broker;
        this.subjects = subjects;
        this.sample = sample;
    }

    /** Arguments: the launcher, --parked, --rounds and --sample. */
    public static void main(String[] args) {
        Bench.main("recovery", args, DEFAULTS, Recovery::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + broker.flags());
            report.note("floor: " + JavaProgram.flags());
            Subjects subjects = workshop.closeLater(new Subjects(broker.runtimeDirectory()));
            Recovery recovery = new Recovery(broker, subjects, options.number("sample"));
            for (int parked : options.numbers("parked")) {
                Machine.requireDescriptors(parked + OTHER_DESCRIPTORS);
                subjects.park(parked);
                Path vault = broker.runtimeDirectory().resolve("vault.sock");
                Contender floor = () -> recovery.floor(vault);
                Comparison.run(
                        report,
                        "kill -9 -> " + parked + " sockets are watched again",
                        Unit.MILLISECONDS,
                        List.of(floor, recovery::ours),
                        1,
                        options.number("rounds"));
                long start = System.nanoTime();
                for (int from = 0; from < parked; from += AT_ONCE) {
                    subjects.wake(IntStream.range(from, Math.min(parked, from + AT_ONCE))
                            .boxed()
                            .toList());
                }
                report.note("after the last one all " + parked + " were woken, in "
                        + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)
                        + " ms; handled wakes that came again in all turns: " + subjects.takeRepeated());
            }
        }
    }

    /** It has the vault for itself, as the next broker has after it. */
    private List<Measured> floor(Path vault) throws IOException {
        broker.kill();
        try (Workshop workshop = Workshop.open()) {
            long start = System.nanoTime();
            String watched = JavaProgram.start(workshop, RecoveryFloor.class, vault.toString())
                    .hear();
            long nanos = System.nanoTime() - start;
            if (!watched.equals(String.valueOf(subjects.count()))) {
                throw new InvalidRunException("the floor watches " + watched + " sockets");
            }
            return List.of(Measured.of(Role.FLOOR, "floor: JVM, vault, epoll", nanos));
        } finally {
            broker.startAgain(_ -> {});
        }
    }

    private List<Measured> ours() throws IOException {
        List<Integer> numbers =
                random.ints(sample, 0, subjects.count()).distinct().boxed().toList();
        List<Measured> rows = new ArrayList<>();
        long start = System.nanoTime();
        broker.kill();
        long ended = System.nanoTime();
        long[] restored = {0};
        broker.startAgain(line -> {
            if (line.contains(RESTORED)) {
                restored[0] = System.nanoTime();
            }
        });
        long serving = System.nanoTime();
        subjects.wake(numbers);
        long woken = System.nanoTime();
        if (restored[0] == 0) {
            throw new InvalidRunException("the broker does not say what it restored");
        }
        rows.add(Measured.of(Role.OURS, "Socket Broker: all watched, it serves", serving - start));
        rows.add(Measured.of(Role.PART, "  until its process is gone", ended - start));
        rows.add(Measured.of(Role.PART, "  from there until all are restored", restored[0] - ended));
        rows.add(Measured.of(Role.PART, "  from there until it serves", serving - restored[0]));
        rows.add(Measured.of(Role.OURS, "Socket Broker: a new session has a sample", woken - start));
        return rows;
    }
}
