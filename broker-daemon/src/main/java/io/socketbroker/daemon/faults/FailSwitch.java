package io.socketbroker.daemon.faults;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which fail point the process dies at. The system property {@code socketbroker.failpoint} is {@code NAME}, {@code NAME:3}
 * for its third passage, or {@code @FILE}: then the file names it, whenever a test writes it, and is gone once the point
 * is reached. For tests only: the process sends itself SIGKILL. Thread-safe.
 */
final class FailSwitch {
    /** See the class. */
    static final String PROPERTY = "socketbroker.failpoint";

    private final @Nullable Path file;
    private String wanted;
    private int passages;

    private FailSwitch(String value) {
        file = value.startsWith("@") ? Path.of(value.substring(1)) : null;
        wanted = file == null ? value : "";
    }

    /** Null without the property. */
    static @Nullable FailSwitch ofThisProcess() {
        String value = System.getProperty(PROPERTY);
        return value == null ? null : new FailSwitch(value);
    }

    /** Other threads may pass too; the first at the right time is the last. */
    synchronized void passed(FailPoint point) {
        String now = file == null ? wanted : read(file);
        if (!now.equals(wanted)) {
            wanted = now;
            passages = 0;
        }
        int colon = now.indexOf(':');
        if (!point.name().equals(colon < 0 ? now : now.substring(0, colon))) {
            return;
        }
        passages++;
        if (passages >= (colon < 0 ? 1 : Integer.parseInt(now.substring(colon + 1)))) {
            die(point);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private void die(FailPoint point) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new IllegalStateException(file.toString(), e);
            }
        }
        System.err.println("socketbroker: dies at ".concat(point.name()));
        try (OwnedFd self = PidFd.open(Math.toIntExact(ProcessHandle.current().pid()))) {
            PidFd.sendSignal(self.fd(), Signals.SIGKILL);
        }
        throw new IllegalStateException("SIGKILL did not end this process");
    }
}
