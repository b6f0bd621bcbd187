package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.core.Token;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.PidFd;
import io.socketbroker.store.v1.StoredLease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which process is the handler that a former broker started, and not a later one of the same number: the handler has its
 * token in its environment (proc(5), /proc/PID/environ), and nobody else has.
 */
public final class HandlerIdentity {
    private static final String VARIABLE = "SOCKETBROKER_TOKEN=";
    private static final String CLAIMS = "SOCKETBROKER_STYLE=claim\0";

    private HandlerIdentity() {}

    /** Whether the process of a lease's holder is there; of a session, whose program has no mark, any of that number. */
    public static boolean holds(StoredLease lease) {
        return lease.getSessionId().isEmpty() ? runs(lease) : isThere(lease.getHolderPid());
    }

    private static boolean isThere(int pid) {
        if (pid <= 0) {
            return false;
        }
        try {
            PidFd.open(pid).close();
            return true;
        } catch (LinuxException e) {
            return !e.is(Errno.ESRCH);
        }
    }

    /** The handler of a lease, if it still runs as the process that the lease names. */
    private static boolean runs(StoredLease lease) {
        Optional<Token> token = Token.of(lease.getToken());
        return lease.getHolderPid() != 0
                && token.isPresent()
                && environment(Path.of("/proc/" + lease.getHolderPid()))
                        .contains(VARIABLE + token.get().hex());
    }

    /**
     * A handler that runs.
     *
     * @param claims whether it gets its sockets by a claim; others were started with them
     */
    public record Started(int pid, boolean claims) {}

    /**
     * Handlers whose start their broker did not live to see, by token in hexadecimal: looks at every process that this one
     * may look at. Of a program that forked it is the first one.
     */
    public static Map<String, Started> started() {
        List<Integer> pids = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            entries.forEach(
                    entry -> pids.add(Integer.parseInt(entry.getFileName().toString())));
        } catch (IOException | UncheckedIOException _) {
            return Map.of();
        }
        Map<String, Started> found = new HashMap<>();
        pids.stream().sorted().forEach(pid -> {
            String environment = environment(Path.of("/proc/" + pid));
            int at = environment.indexOf(VARIABLE);
            if (at >= 0) {
                int end = environment.indexOf('\0', at);
                found.putIfAbsent(
                        environment.substring(at + VARIABLE.length(), end < 0 ? environment.length() : end),
                        new Started(pid, environment.contains(CLAIMS)));
            }
        });
        return found;
    }

    private static String environment(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }
}
