package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Memory of broker and vault with few and with many sockets, and what each further socket adds, beside a JVM that only keeps
 * descriptors, and s6-fdholderd.
 */
public final class Memory {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("few", "2000", "many", "18000", "rounds", "3", "s6-many", "8000"),
            Map.of("rounds", "1", "s6-many", "4000"));
    private static final int OTHER_DESCRIPTORS = 1_500;

    private final Path launcher;
    private final Options options;
    private final Report report;
    private final List<Measured> slopes = new ArrayList<>();

    private Memory(Path launcher, Options options, Report report) {
        this.launcher = launcher;
        this.options = options;
        this.report = report;
    }

    /** Arguments: the launcher, --few and --many sockets, --s6-many, as its stores become slow, and --rounds. */
    public static void main(String[] args) {
        Bench.main(
                "memory",
                args,
                DEFAULTS,
                (launcher, options, report) -> new Memory(launcher, options, report).compare());
    }

    private void compare() throws IOException {
        int many = options.number("many");
        int rounds = options.number("rounds");
        Machine.requireDescriptors(many + OTHER_DESCRIPTORS);
        Comparison.run(
                report,
                "resident memory with " + options.number("few") + " and " + many + " sockets",
                Unit.MEBIBYTES,
                List.<Contender>of(this::floor, this::ours, this::s6),
                0,
                rounds);
        // One row's turns after another's.
        List<Contender> remembered = List.of(() -> List.copyOf(slopes));
        Comparison.run(report, "what each further socket adds", Unit.BYTES, remembered, 0, 1);
    }

    private List<Measured> floor() throws IOException {
        try (Workshop workshop = Workshop.open()) {
            Path socket = workshop.folder().resolve("floor");
            JavaProgram holder = JavaProgram.start(workshop, FloorHolder.class, socket.toString());
            holder.hear();
            long pid = holder.pid();
            JavaProgram client = JavaProgram.start(workshop, CustodyProgram.class, "floor", socket.toString());
            client.hear();
            fill(client, options.number("few"));
            Snapshot few = Snapshot.of(pid);
            fill(client, options.number("many"));
            Snapshot many = Snapshot.of(pid);
            slopes(Role.FLOOR, "floor: JVM with an array", few, many, options.number("many"));
            return List.of(
                    Measured.of(Role.FLOOR, "floor: JVM with an array, few", few.resident),
                    Measured.of(Role.FLOOR, "floor: JVM with an array, many", many.resident));
        }
    }

    private static void fill(JavaProgram client, int count) throws IOException {
        client.say("fill " + count);
        client.hear();
    }

    private List<Measured> ours() throws IOException {
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.startKeeping(workshop, launcher);
            report.note("broker: " + broker.flags());
            List<Measured> rows = new ArrayList<>();
            rows.add(Measured.of(Role.OURS, "broker, just started", ProcessFigures.residentBytes(broker.pid())));
            rows.add(Measured.of(Role.OURS, "vault, just started", ProcessFigures.residentBytes(broker.vaultPid())));
            try (Subjects subjects = new Subjects(broker.runtimeDirectory())) {
                subjects.park(options.number("few"));
                Snapshot few = Snapshot.of(broker.pid());
                Snapshot fewInVault = Snapshot.of(broker.vaultPid());
                subjects.park(options.number("many"));
                Snapshot many = Snapshot.of(broker.pid());
                Snapshot manyInVault = Snapshot.of(broker.vaultPid());
                rows.addAll(few.rows("broker, few"));
                rows.addAll(many.rows("broker, many"));
                rows.addAll(fewInVault.rows("vault, few"));
                rows.addAll(manyInVault.rows("vault, many"));
                slopes(Role.OURS, "broker", few, many, options.number("many"));
                slopes(Role.OURS, "vault", fewInVault, manyInVault, options.number("many"));
            }
            return rows;
        }
    }

    /** Nothing if it is not there. */
    private List<Measured> s6() throws IOException {
        try (Workshop workshop = Workshop.open()) {
            Optional<S6Daemon> daemon = S6Daemon.start(workshop, report, "s6");
            if (daemon.isEmpty()) {
                return List.of();
            }
            long pid = daemon.get().pid();
            JavaProgram client = JavaProgram.start(
                    workshop, CustodyProgram.class, "s6", daemon.get().socket().toString());
            client.hear();
            fill(client, options.number("few"));
            long few = ProcessFigures.residentBytes(pid);
            fill(client, options.number("s6-many"));
            long many = ProcessFigures.residentBytes(pid);
            int added = options.number("s6-many") - options.number("few");
            slopes.add(Measured.of(Role.RIVAL, "s6-fdholderd, resident", Math.max(0, many - few) / added));
            return List.of(
                    Measured.of(Role.RIVAL, "s6-fdholderd, few", few),
                    Measured.of(Role.RIVAL, "s6-fdholderd, " + options.number("s6-many"), many));
        }
    }

    private void slopes(Role role, String name, Snapshot few, Snapshot many, int most) {
        int added = most - options.number("few");
        slopes.add(Measured.of(role, name + ", live heap", Math.max(0, many.liveHeap - few.liveHeap) / added));
        slopes.add(Measured.of(role, name + ", anonymous", Math.max(0, many.anonymous - few.anonymous) / added));
    }

    /** Of one process. The heap is looked at last, because that changes what is resident. */
    private record Snapshot(long resident, long anonymous, long liveHeap) {
        static Snapshot of(long pid) throws IOException {
            return new Snapshot(
                    ProcessFigures.residentBytes(pid),
                    ProcessFigures.anonymousBytes(pid),
                    ProcessFigures.liveHeapBytes(pid));
        }

        List<Measured> rows(String name) {
            return List.of(
                    Measured.of(Role.OURS, name, resident),
                    Measured.of(Role.PART, "  of it anonymous, " + name, anonymous),
                    Measured.of(Role.PART, "  of it live heap, " + name, liveHeap));
        }
    }
}
