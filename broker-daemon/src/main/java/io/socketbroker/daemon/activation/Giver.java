package io.socketbroker.daemon.activation;

import io.socketbroker.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the process that gave a socket away has closed its own descriptor of it, as it does once it has the reply. */
public final class Giver {
    private Giver() {}

    /**
     * Looks into /proc/PID/fd (proc(5)), where a socket is named by its inode, which is not used again while the broker
     * has it.
     *
     * @param pid 0 if it is not known
     * @return false also if the process is gone or may not be looked at
     */
    public static boolean stillHas(int pid, Fd socket) {
        if (pid == 0) {
            return false;
        }
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            Path inode = Files.readSymbolicLink(Path.of("/proc/self/fd/" + socket.number()));
            for (Path descriptor : descriptors) {
                if (isLinkTo(descriptor, inode)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }

    /** It may be closed between its listing and now. */
    private static boolean isLinkTo(Path descriptor, Path inode) {
        try {
            return Files.readSymbolicLink(descriptor).equals(inode);
        } catch (IOException _) {
            return false;
        }
    }
}
