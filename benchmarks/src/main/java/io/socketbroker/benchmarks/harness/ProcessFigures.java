package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the kernel and a JVM tell of another process. Stateless. */
public final class ProcessFigures {
    private static final long KIBIBYTE = 1024;
    private static final int FILLER_NAME = 3;
    private static final long PATIENCE_SECONDS = 60;

    private ProcessFigures() {}

    /** Resident memory in bytes, VmRSS of proc(5). */
    public static long residentBytes(long pid) throws IOException {
        return KIBIBYTE * number(status(Path.of("/proc/" + pid + "/status")), "VmRSS:");
    }

    /** The part of it that no file backs, in bytes. */
    public static long anonymousBytes(long pid) throws IOException {
        return KIBIBYTE * number(status(Path.of("/proc/" + pid + "/status")), "RssAnon:");
    }

    /**
     * What is reachable in the heap of a JVM, in bytes. Makes it collect its garbage.
     *
     * @throws InvalidRunException if jcmd(1) of this JDK cannot ask it
     */
    public static long liveHeapBytes(long pid) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(jcmd, String.valueOf(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new InvalidRunException("interrupted", e);
        }
        String last = lines.isEmpty() ? "" : lines.getLast();
        String[] words = last.strip().split("\\s+", -1);
        if (words.length != 3 || !words[0].equals("Total")) {
            throw new InvalidRunException("jcmd said: " + last);
        }
        return Long.parseLong(words[2]) - fillerBytes(lines);
    }

    /** What the collector lays over gaps that it does not close is in the histogram too. */
    private static long fillerBytes(List<String> histogram) {
        return histogram.stream()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length > FILLER_NAME && words[FILLER_NAME].contains("jdk.internal.vm.Filler"))
                .mapToLong(words -> Long.parseLong(words[FILLER_NAME - 1]))
                .sum();
    }

    /** Context switches of each thread so far, by its number and name: how often it ran. */
    public static Map<String, Long> contextSwitches(long pid) throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/task"))) {
            threads = all.toList();
        }
        Map<String, Long> switches = new TreeMap<>();
        for (Path thread : threads) {
            try {
                List<String> status = status(thread.resolve("status"));
                String name = thread.getFileName() + " "
                        + Files.readString(thread.resolve("comm")).strip();
                switches.put(
                        name,
                        number(status, "voluntary_ctxt_switches:") + number(status, "nonvoluntary_ctxt_switches:"));
            } catch (NoSuchFileException _) {
                // It has just ended.
            }
        }
        return switches;
    }

    private static List<String> status(Path file) throws IOException {
        return Files.readAllLines(file);
    }

    private static long number(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).replace("kB", "").strip())
                .map(Long::valueOf)
                .findFirst()
                .orElseThrow(() -> new InvalidRunException("no " + field));
    }
}
