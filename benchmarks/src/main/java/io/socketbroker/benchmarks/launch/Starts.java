package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Role;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. Stateless. */
final class Starts {
    private static final long PATIENCE_SECONDS = 30;

    private Starts() {}

    /**
     * Runs a command in each turn, and takes the time to its end.
     *
     * @param expected must be in what it prints
     */
    static Contender toTheEnd(Role role, String name, String expected, List<String> command) {
        return () -> List.of(Measured.of(role, name, run(name, expected, command)));
    }

    /** The least that a JVM needs: one that ends at once. */
    static Contender floor() {
        return toTheEnd(Role.FLOOR, "floor: a JVM that ends", "", JavaProgram.command(Nothing.class));
    }

    private static long run(String name, String expected, List<String> command) throws IOException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = process.inputReader().readAllAsString();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new InvalidRunException(name + " does not end");
            }
            long nanos = System.nanoTime() - start;
            if (process.exitValue() != 0 || !said.contains(expected)) {
                throw new InvalidRunException(name + " ended with " + process.exitValue() + ": " + said);
            }
            return nanos;
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
    }
}
