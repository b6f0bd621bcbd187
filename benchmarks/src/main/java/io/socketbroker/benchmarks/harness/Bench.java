package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The frame of a benchmark's main method: its command line, its report and its exit status. */
public final class Bench {
    private static final int INVALID = 1;
    private static final int WRONG_USAGE = 2;

    private Bench() {}

    /** What a benchmark does. */
    @FunctionalInterface
    public interface Body {
        /**
         * Measures and reports.
         *
         * @param launcher bin/socketbroker
         * @throws InvalidRunException if there is no result to trust
         */
        void run(Path launcher, Options options, Report report) throws IOException;
    }

    /**
     * Runs it, and ends this process. Status 1: the run is invalid; 2: the command line is wrong.
     *
     * @param name of the benchmark
     * @param arguments the launcher, then options
     */
    public static void main(String name, String[] arguments, Options.Defaults defaults, Body body) {
        Options options;
        try {
            List<String> given = Arrays.asList(arguments).subList(1, arguments.length);
            options = Options.parse(given, defaults);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_USAGE);
            return;
        }
        Report report = new Report(name);
        int status = 0;
        try {
            report.note(Machine.describe());
            report.note("options: " + options);
            body.run(Path.of(arguments[0]).toAbsolutePath(), options, report);
        } catch (IOException | RuntimeException e) {
            System.err.println("invalid run: " + e);
            report.note("INVALID RUN: " + e);
            status = INVALID;
        }
        try {
            report.note("load at the end " + Machine.load());
            report.write(Machine.results());
        } catch (IOException e) {
            System.err.println("the results cannot be written: " + e);
            status = INVALID;
        }
        // Threads of gRPC may linger.
        System.exit(status);
    }
}
