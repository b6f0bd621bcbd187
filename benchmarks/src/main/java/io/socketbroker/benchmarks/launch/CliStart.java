package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.Bench;
import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Comparison;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Options;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Unit;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What an operator waits for who types a command: from its start to its end, with an answer of a running broker. */
public final class CliStart {
    private static final Options.Defaults DEFAULTS =
            new Options.Defaults(Map.of("rounds", "30"), Map.of("rounds", "3"));

    private CliStart() {}

    /** Arguments: the launcher, and --rounds. */
    public static void main(String[] args) {
        Bench.main("cli-start", args, DEFAULTS, CliStart::compare);
    }

    private static void compare(Path launcher, Options options, Report report) throws IOException {
        try (Workshop workshop = Workshop.open()) {
            BrokerProcess broker = BrokerProcess.start(workshop, launcher);
            report.note("floor: " + JavaProgram.flags());
            String program = launcher.toString();
            String folder = broker.runtimeDirectory().toString();
            List<Contender> contenders = List.of(
                    Starts.floor(),
                    Starts.toTheEnd(Role.OURS, "socketbroker --version", "socketbroker", List.of(program, "--version")),
                    Starts.toTheEnd(
                            Role.OURS,
                            "socketbroker status",
                            String.valueOf(broker.pid()),
                            List.of(program, "status", "--runtime-dir", folder)),
                    Starts.toTheEnd(
                            Role.OURS, "socketbroker list", "", List.of(program, "list", "--runtime-dir", folder)));
            Comparison.run(
                    report,
                    "a command, from its start to its end",
                    Unit.MILLISECONDS,
                    contenders,
                    2,
                    options.number("rounds"));
        }
    }
}
