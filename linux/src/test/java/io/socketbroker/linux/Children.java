package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Spawns /bin/cat, which stays while its standard input is open, and looks at it from outside through /proc. */
final class Children {

    static final Map<String, String> ENVIRONMENT = Map.of("LANG", "C", "PATH", "/bin");

    private Children() {}

    static SpawnRequest cat(List<SpawnRequest.Mapping> descriptors) {
        return new SpawnRequest("/bin/cat", List.of("cat"), ENVIRONMENT, descriptors, Optional.empty(), false);
    }

    static SpawnRequest shell(String script, SpawnRequest.Mapping... descriptors) {
        return new SpawnRequest(
                "/bin/sh", List.of("sh", "-c", script), ENVIRONMENT, List.of(descriptors), Optional.empty(), false);
    }

    /** The signals that the calling thread blocks. */
    static String ownMask() throws IOException {
        return status("thread-self", "SigBlk");
    }

    /** The value of a line of /proc/PID/status, for example of "SigBlk". */
    static String status(long pid, String key) throws IOException {
        return status(Long.toString(pid), key);
    }

    /** The same by the path below /proc. */
    static String status(String process, String key) throws IOException {
        return value(Path.of("/proc", process, "status"), key);
    }

    private static String value(Path status, String key) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findAny()
                .orElseThrow();
    }

    /**
     * Until a child waits for its input. Before that it opens its libraries, and right after posix_spawn(3) returns, which
     * is when it lets go of the parent's memory, it does not even have its arguments.
     */
    private static void awaitLoaded(int pid) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(stat(pid, 3)).isEqualTo("S");
            assertThat(Files.readString(Path.of("/proc", Integer.toString(pid), "cmdline")))
                    .isNotEmpty();
            assertThat(OpenDescriptors.of(pid).values())
                    .noneMatch(target -> target.startsWith("/") && !target.startsWith("/dev/"));
        });
    }

    /** What a loaded child has open. */
    static SortedMap<Integer, String> descriptors(int pid) {
        awaitLoaded(pid);
        return OpenDescriptors.of(pid);
    }

    /**
     * Of /proc/PID/stat: 3 is the state, 6 the session (proc_pid_stat(5) counts from 1 and includes the
     * name).
     */
    static String stat(long pid, int field) throws IOException {
        var line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[field - 3];
    }

    /** NUL-separated strings of /proc/PID/environ or cmdline of a loaded child. */
    static List<String> strings(int pid, String file) throws IOException {
        awaitLoaded(pid);
        var text = Files.readString(Path.of("/proc", Integer.toString(pid), file), StandardCharsets.UTF_8);
        return text.lines()
                .flatMap(line -> List.of(line.split("\0", 0)).stream())
                .toList();
    }

    /** Waits for the end and expects success. */
    static void assertEndsWell(SpawnedProcess process) {
        try (var pidfd = process.pidfd()) {
            assertThat(PidFd.waitFor(pidfd.fd(), true)).contains(new ExitStatus.Exited(0));
        }
    }
}
