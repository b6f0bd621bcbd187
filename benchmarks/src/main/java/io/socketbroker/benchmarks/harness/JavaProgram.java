package io.socketbroker.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
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
    private final Process process;
    private final BufferedReader output;
    private final PrintWriter input;

    private JavaProgram(String name, Process process) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader();
        this.input = new PrintWriter(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    }

    /** Starts it, until the workshop is closed. Its standard error is ours. */
    public static JavaProgram start(Workshop workshop, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        return new JavaProgram(
                String.join(" ", main.getSimpleName(), String.join(" ", arguments)), workshop.start(builder));
    }

    /** For the head of a table. */
    public static String flags() {
        return String.join(" ", FLAGS);
    }

    /** Of its JVM. */
    public long pid() {
        return process.pid();
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
