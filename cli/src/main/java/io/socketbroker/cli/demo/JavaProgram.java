package io.socketbroker.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other processes with this program's own Java and classes. Stateless. */
final class JavaProgram {

    private static final long BOUND_SECONDS = 10;

    private JavaProgram() {}

    /** What a process was that has ended. */
    record Ended(long pid, int exitCode, List<String> lines, long millis) {
        /** The value of a line "name=value". */
        String value(String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the program did not say " + name + ": " + lines));
        }
    }

    /** The command line of a class with a main method. */
    static List<String> command(Class<?> main, String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                // Else the JDK sends to IPv6 addresses on an inherited UDP socket of IPv4, which the kernel refuses.
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a command to its end; its errors go to this process's stderr. */
    static Ended run(List<String> command) {
        long start = System.nanoTime();
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("no end after " + BOUND_SECONDS + " s: " + command);
            }
            return new Ended(process.pid(), process.exitValue(), lines, Story.millisSince(start));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
