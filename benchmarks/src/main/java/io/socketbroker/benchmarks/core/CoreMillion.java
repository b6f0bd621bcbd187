package io.socketbroker.benchmarks.core;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rules of the broker with up to a million sockets, without descriptors: whether an operation takes as long with many
 * sockets as with few, and how much heap a socket needs.
 */
public final class CoreMillion {
    private static final Options.Defaults DEFAULTS = new Options.Defaults(
            Map.of("sockets", "10000,100000,1000000", "rounds", "3", "heap-mib", "4096"),
            Map.of("sockets", "20000,50000", "rounds", "1", "heap-mib", "1024"));

    private static final String COMPACT = "-XX:+UseCompactObjectHeaders";

    /** As the broker's own, see bin/socketbroker; and each collection closes all gaps, so that the heap can be measured. */
    private static final List<String> FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MarkSweepAlwaysCompactCount=1");

    /** Of each operation, the rows of all turns. */
    private final Map<String, List<Measured>> measured = new LinkedHashMap<>();

    private final Report report;
    private final int heapMib;

    private CoreMillion(Report report, int heapMib) {
        this.report = report;
        this.heapMib = heapMib;
    }

    /** Arguments: the launcher, --sockets, --rounds, --heap-mib of the JVM that has the sockets. */
    public static void main(String[] args) {
        Bench.main(
                "core-million",
                args,
                DEFAULTS,
                (_, options, report) -> new CoreMillion(report, options.number("heap-mib")).compare(options));
    }

    private void compare(Options options) throws IOException {
        report.note("flags: " + String.join(" ", flags("-XX:-UseCompactObjectHeaders")) + ", or " + COMPACT);
        for (int round = 0; round < options.number("rounds"); round++) {
            for (int sockets : options.numbers("sockets")) {
                run(sockets, COMPACT, "compact headers");
                run(sockets, "-XX:-UseCompactObjectHeaders", "plain headers");
            }
        }
        for (Map.Entry<String, List<Measured>> operation : measured.entrySet()) {
            List<Contender> remembered = List.of(operation::getValue);
            Comparison.run(report, title(operation.getKey()), unit(operation.getKey()), remembered, 0, 1);
        }
    }

    private List<String> flags(String headers) {
        return Stream.concat(FLAGS.stream(), Stream.of("-Xmx" + heapMib + "m", headers))
                .toList();
    }

    private void run(int sockets, String headers, String name) throws IOException {
        String row = String.format(Locale.ROOT, "%,d sockets, %s", sockets, name);
        try (Workshop workshop = Workshop.open()) {
            JavaProgram program =
                    JavaProgram.start(workshop, flags(headers), CoreProgram.class, Integer.toString(sockets));
            for (String line = program.hear(); !line.equals("end:"); line = program.hear()) {
                int colon = line.indexOf(':');
                List<Long> values = Stream.of(line.substring(colon + 1).strip().split(" ", -1))
                        .map(Long::valueOf)
                        .toList();
                measured.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                        .add(Measured.of(Role.OURS, row, values));
            }
        }
    }

    private static Unit unit(String operation) {
        return operation.startsWith("heap") || operation.equals("record") ? Unit.BYTES : Unit.MICROSECONDS;
    }

    private static String title(String operation) {
        return switch (operation) {
            case "transfer" -> "transfer in batches of 253, for each socket";
            case "heap" -> "live heap for each parked socket";
            case "wake" -> "one wake: data, delivery, acknowledgement, return; for each, in batches of 253";
            case "update" -> "another keep-alive, for each socket";
            case "heap with keep-alive" -> "live heap for each parked socket with a keep-alive of its own";
            case "expiry" -> "the keep-alive expires and wakes, for each socket";
            case "list" -> "list by pages of 1,000, for each socket";
            case "status" -> "the counts of GetStatus, a whole call";
            case "reclaim" -> "reclaim in batches of 253, for each socket";
            case "recovery" -> "recovery from records, for each socket";
            case "heap in recovery" -> "live heap for each socket while it is recovered, with all records at hand";
            case "record" -> "record in the journal, for each socket";
            default -> operation;
        };
    }
}
