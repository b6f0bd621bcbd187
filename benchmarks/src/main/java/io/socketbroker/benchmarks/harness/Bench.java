package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The frame of a comparison's main method: its command line and its exit status. */
public final class Bench {
    private static final int INVALID = 1;
    private static final int WRONG_USAGE = 2;

    private Bench() {}

    /** What a comparison does. */
    @FunctionalInterface
    public interface Body {
        /**
         * Measures and prints.
         *
         * @param launcher bin/socketbroker
         */
        void run(Path launcher, Options options) throws IOException;
    }

    /**
     * Runs it. Status 1: the run is invalid; 2: the command line is wrong.
     *
     * @param arguments the launcher, then options
     * @param defaults see {@link Options#parse}
     */
    public static void main(String[] arguments, Map<String, String> defaults, Body body) {
        Options options;
        try {
            List<String> given = Arrays.asList(arguments).subList(1, arguments.length);
            options = Options.parse(given, defaults);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_USAGE);
            return;
        }
        try {
            System.out.println("# " + Machine.describe());
            body.run(Path.of(arguments[0]).toAbsolutePath(), options);
        } catch (IOException | RuntimeException e) {
            System.err.println("invalid run: " + e);
            System.exit(INVALID);
        }
    }
}
