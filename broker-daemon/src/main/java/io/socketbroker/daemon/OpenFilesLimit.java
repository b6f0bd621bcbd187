package io.socketbroker.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A look at RLIMIT_NOFILE before anything else: with a very low one the JVM cannot even open the jars of the program, and
 * would say that classes are missing. Uses nothing but the JDK. On the main thread.
 */
final class OpenFilesLimit {
    private static final String LINE = "Max open files";
    private static final long LOWEST = 64;

    private OpenFilesLimit() {}

    /** Whether the hard limit is too low to start; then it has said so on standard error. */
    static boolean isTooLowForAnything() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith(LINE)) {
                    // proc_pid_limits(5): soft limit, hard limit, unit.
                    String hard = line.substring(LINE.length()).strip().split(" +", -1)[1];
                    return !hard.equals("unlimited") && isTooLow(Long.parseLong(hard));
                }
            }
        } catch (IOException | NumberFormatException _) {
            // Then what follows finds out.
        }
        return false;
    }

    private static boolean isTooLow(long limit) {
        if (limit >= LOWEST) {
            return false;
        }
        System.err.println("socketbroker: cannot start: the limit of open files is "
                .concat(Long.toString(limit))
                .concat(", and the broker needs some 150 and one for each socket; raise it (ulimit -n, LimitNOFILE= of"
                        .concat(" systemd.exec(5))")));
        return true;
    }
}
