package io.socketbroker.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A main class of this module in a JVM of its own, which answers on its standard output line by line and ends when its
 * standard input does. For one thread.
 */
public final class JavaProgram {
    /** The same for all, so that no contender has a better JVM than another. */
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms128m",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final String name;
    private final long pid;
    private final BufferedReader output;
    private final PrintWriter input;

    private JavaProgram(String name, long pid, BufferedReader output, OutputStream input) {
        this.name = name;
        this.pid = pid;
        this.output = output;
        this.input = new PrintWriter(input, true, StandardCharsets.US_ASCII);
    }

    /** Starts it, until the workshop is closed. Its standard error is ours. */
    public static JavaProgram start(Workshop workshop, Class<?> main, String... arguments) throws IOException {
        return start(workshop, FLAGS, main, arguments);
    }

    /** As the other, with a JVM of its own flags. */
    public static JavaProgram start(Workshop workshop, List<String> flags, Class<?> main, String... arguments)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command(flags, main, arguments)).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = workshop.start(builder);
        return new JavaProgram(name(main, arguments), process.pid(), process.inputReader(), process.getOutputStream());
    }

    /**
     * For one that somebody else starts and ends.
     *
     * @param output what it writes
     * @param input what it reads
     */
    public static JavaProgram startedElsewhere(String name, InputStream output, OutputStream input) {
        return new JavaProgram(
                name, 0, new BufferedReader(new InputStreamReader(output, StandardCharsets.US_ASCII)), input);
    }

    /** What {@link #start} starts. */
    public static List<String> command(Class<?> main, String... arguments) {
        return command(FLAGS, main, arguments);
    }

    private static List<String> command(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String name(Class<?> main, String... arguments) {
        return String.join(" ", main.getSimpleName(), String.join(" ", arguments));
    }

    /** For the head of a table. */
    public static String flags() {
        return String.join(" ", FLAGS);
    }

    /** Of its JVM; 0 if it was started elsewhere. */
    public long pid() {
        return pid;
    }

    /** Sends a line. */
    public void say(String line) {
        input.println(line);
    }

    /**
     * Its next line. The program sees to it that one comes.
     *
     * @throws InvalidRunException if it ended, or says that something is wrong
     */
    public String hear() throws IOException {
        String line = output.readLine();
        if (line == null || line.startsWith("invalid ")) {
            throw new InvalidRunException(name + ": " + (line == null ? "ended" : line));
        }
        return line;
    }
}
