package io.socketbroker.daemon.activation;

import io.socketbroker.daemon.core.Token;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.PidFd;
import io.socketbroker.store.v1.StoredLease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a process is still the handler that a former broker started, and not a later one of the same number. */
public final class HandlerIdentity {
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

    /** The handler has its token in its environment (proc(5), /proc/PID/environ), and nobody else has. */
    private static boolean runs(StoredLease lease) {
        Optional<Token> token = Token.of(lease.getToken());
        if (lease.getHolderPid() == 0 || token.isEmpty()) {
            return false;
        }
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc/" + lease.getHolderPid() + "/environ"));
            return new String(environment, StandardCharsets.ISO_8859_1)
                    .contains("SOCKETBROKER_TOKEN=" + token.get().hex());
        } catch (IOException _) {
            return false;
        }
    }
}
