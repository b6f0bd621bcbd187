package io.socketbroker.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel and its JVM count of the threads of another process. Stateless. */
final class ThreadFigures {
    private static final Pattern ALLOCATED = Pattern.compile(" allocated=(\\d+)([BKMG]) ");
    private static final String UNITS = "BKMG";
    private static final String SWITCHES = "voluntary_ctxt_switches:";

    private ThreadFigures() {}

    /** The number of the only thread of that name. */
    static int tid(int pid, String name) {
        return switches(pid).keySet().stream()
                .filter(thread -> thread.endsWith(" " + name))
                .map(thread -> Integer.valueOf(thread.substring(0, thread.indexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no thread " + name));
    }

    /** How often each thread has slept so far (proc_pid_status(5)), by its number and name. */
    static Map<String, Long> switches(int pid) {
        Map<String, Long> switches = new TreeMap<>();
        try (var tasks = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    String name = task.getFileName() + " "
                            + Files.readString(task.resolve("comm")).strip();
                    Files.readAllLines(task.resolve("status")).stream()
                            .filter(line -> line.startsWith(SWITCHES))
                            .forEach(line -> switches.put(
                                    name,
                                    Long.valueOf(
                                            line.substring(SWITCHES.length()).strip())));
                } catch (NoSuchFileException _) {
                    // It has just ended.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switches;
    }

    /** What a thread has allocated in the heap so far, in bytes: to a hundredth, as jcmd(1) shows it. */
    static long allocatedBytes(int pid, String thread) throws IOException, InterruptedException {
        String jcmd = Path.of(BrokerProcess.java()).resolveSibling("jcmd").toString();
        Process process = new ProcessBuilder(jcmd, Integer.toString(pid), "Thread.print", "-e")
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        process.waitFor();
        for (String line : lines) {
            Matcher allocated = ALLOCATED.matcher(line);
            if (line.startsWith("\"" + thread + "\" ") && allocated.find()) {
                return Long.parseLong(allocated.group(1)) << (10 * UNITS.indexOf(allocated.group(2)));
            }
        }
        throw new AssertionError("jcmd tells nothing of " + thread + ": " + String.join("\n", lines));
    }
}
