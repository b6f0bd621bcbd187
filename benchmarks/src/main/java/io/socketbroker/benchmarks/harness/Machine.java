package io.socketbroker.benchmarks.harness;

import io.socketbroker.linux.ResourceLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What the figures depend on, for the head of a table. */
public final class Machine {
    private Machine() {}

    /** One line. */
    public static String describe() throws IOException {
        return "%s, commit %s, Linux %s %s, %d CPUs (%s), %s, JDK %s, RLIMIT_NOFILE %d"
                .formatted(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        commit(),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        field("/proc/cpuinfo", "model name"),
                        field("/proc/meminfo", "MemTotal"),
                        Runtime.version(),
                        ResourceLimits.openFiles().soft());
    }

    private static String field(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown " + name);
    }

    /** Of the checkout. */
    static String commit() {
        return System.getProperty("benchmarks.commit", "unknown");
    }

    /** Where results go. */
    static Path results() {
        return Path.of(System.getProperty("benchmarks.results", "results"));
    }

    /** Where charts are written down for the overview of several benchmarks; empty for one alone. */
    static Optional<Path> figures() {
        return Optional.ofNullable(System.getProperty("benchmarks.figures")).map(Path::of);
    }

    /** The averages of 1, 5 and 15 minutes (proc(5)). */
    static String load() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return fields[0] + " " + fields[1] + " " + fields[2];
    }

    /**
     * Says early what would fail late.
     *
     * @param descriptors that one process will have open
     */
    public static void requireDescriptors(int descriptors) {
        long limit = ResourceLimits.openFiles().soft();
        if (limit != ResourceLimits.UNLIMITED && limit < descriptors) {
            throw new InvalidRunException("so many sockets need RLIMIT_NOFILE of at least " + descriptors
                    + ", and it is " + limit + " (ulimit -n)");
        }
    }
}
