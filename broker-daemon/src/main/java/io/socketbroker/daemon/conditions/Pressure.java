package io.socketbroker.daemon.conditions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Reads pressure stall information. Stateless. */
final class Pressure {
    private static final String AVERAGE = "avg10=";

    private Pressure() {}

    /**
     * In which part of the last ten seconds at least one process waited, in percent; empty if the kernel does not tell.
     *
     * @param file such as /proc/pressure/cpu, with a line "some avg10=0.10 avg60=0.47 avg300=2.24 total=2547557805"
     */
    static OptionalDouble someOfTenSeconds(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("some "))
                    .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                    .filter(field -> field.startsWith(AVERAGE))
                    .mapToDouble(field -> Double.parseDouble(field.substring(AVERAGE.length())))
                    .findFirst();
        } catch (IOException e) {
            return OptionalDouble.empty(); // also EOPNOTSUPP, of a kernel that was started with psi=0
        }
    }
}
