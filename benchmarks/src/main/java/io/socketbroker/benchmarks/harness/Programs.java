package io.socketbroker.benchmarks.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of others. Stateless. */
public final class Programs {
    private Programs() {}

    /** Where PATH has it; if nowhere, the report says so. */
    public static Optional<Path> find(Report report, String name) {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            report.note("WITHOUT " + name + ", which is not installed");
        }
        return found;
    }
}
