package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** The system calls of all threads of a process, by strace(1), from the making of this object on. Not thread-safe. */
final class SystemCalls implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    /** A call begins here; the line of one that was interrupted by another thread's goes on in a "resumed" line. */
    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\(.*");

    private final Process strace;
    private final Path output;

    private SystemCalls(Process strace, Path output) {
        this.strace = strace;
        this.output = output;
    }

    /** Attaches, or skips the test: neither every host has strace, nor may everybody trace (ptrace(2)). */
    static SystemCalls of(int pid, Path folder) throws IOException {
        Path output = folder.resolve("strace");
        boolean required = "true".equals(System.getenv("CI"));
        try {
            Process strace = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-e",
                            "signal=none",
                            "-s",
                            "0",
                            "-o",
                            output.toString(),
                            "-p",
                            Integer.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            BufferedReader said = strace.inputReader();
            String first = said.readLine();
            if (first != null && first.contains("attached")) {
                return new SystemCalls(strace, output);
            }
            strace.destroyForcibly();
            missing(required, "strace does not attach: " + first);
        } catch (IOException e) {
            missing(required, "strace does not start: " + e.getMessage());
        }
        throw new AssertionError("not reached");
    }

    private static void missing(boolean required, String why) {
        System.out.println("SYSTEM CALLS ARE NOT COUNTED: " + why);
        assertThat(required).as(why).isFalse();
        Assumptions.abort(why);
    }

    /** Detaches, and counts: by thread, then by name of the call. */
    Map<Integer, Map<String, Integer>> counts() throws IOException, InterruptedException {
        strace.destroy();
        assertThat(strace.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("strace ends")
                .isTrue();
        Map<Integer, Map<String, Integer>> counts = new TreeMap<>();
        List<String> lines = Files.readAllLines(output);
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (call.matches()) {
                counts.computeIfAbsent(Integer.valueOf(call.group(1)), _ -> new TreeMap<>())
                        .merge(call.group(2), 1, Integer::sum);
            }
        }
        return counts;
    }

    @Override
    public void close() {
        strace.destroyForcibly();
    }
}
