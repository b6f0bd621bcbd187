package io.socketbroker.it;

import io.socketbroker.linux.OpenDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** What /proc tells of other processes. */
final class Processes {
    private Processes() {}

    /**
     * Descriptors of a daemon by number, without the files that its JVM opens when it first needs them: the jars of its
     * class path and its own modules.
     */
    static SortedMap<Integer, String> descriptors(int pid) {
        SortedMap<Integer, String> descriptors = OpenDescriptors.of(pid);
        descriptors
                .values()
                .removeIf(target -> target.endsWith(".jar")
                        || target.endsWith("/lib/modules")
                        || target.endsWith("/random")
                        || target.endsWith("/urandom"));
        return descriptors;
    }

    /** Command lines of running handlers of a broker, by what is in their environment, also when their parent is gone. */
    static List<String> handlersOf(Path runtimeDirectory) throws IOException {
        String marker = "SOCKETBROKER_RUNTIME_DIR=" + runtimeDirectory + "\0";
        try (var entries = Files.list(Path.of("/proc"))) {
            return entries.filter(
                            entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
                    .filter(entry -> read(entry.resolve("environ")).contains(marker))
                    .map(entry -> entry.getFileName() + ": "
                            + read(entry.resolve("cmdline")).replace('\0', ' '))
                    .toList();
        }
    }

    /** Whether a process of that number runs; one that waits to be reaped does not. */
    static boolean isRunning(int pid) {
        String stat = read(Path.of("/proc", Integer.toString(pid), "stat"));
        return !stat.isEmpty() && !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
    }

    /** Whether SIGSTOP has come to all threads of a process. */
    static boolean isStopped(int pid) {
        try (var threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
            return threads.map(thread -> read(thread.resolve("stat")))
                    .allMatch(stat -> stat.substring(stat.lastIndexOf(')') + 2).startsWith("T"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor time that a process has used, in user mode and in the kernel: clock ticks of 10 ms (proc_pid_stat(5)). */
    static long cpuTicks(int pid) {
        String stat = read(Path.of("/proc", Integer.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        // The name is the second field, and its end is where these begin.
        return Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]);
    }

    /** How often a thread of a process has slept and was woken, by the start of its name. */
    static long contextSwitches(int pid, String thread) throws IOException {
        try (var threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
            String status = threads.filter(task -> read(task.resolve("comm")).startsWith(thread))
                    .map(task -> read(task.resolve("status")))
                    .findFirst()
                    .orElseThrow();
            return status.lines()
                    .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .sum();
        }
    }

    /** The file's bytes as text; empty if the process is gone or somebody else's. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
