package io.socketbroker.daemon.supervisor;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.util.Map;

/** Duplicates of descriptors of the test, as a service manager would pass them on to this process. */
public final class Inheritance implements AutoCloseable {
    /** At least; stands for 3, which the JVM has for itself. */
    private static final int FIRST = 600;

    private static final long OWN_PID = 4_711;

    private final InheritedDescriptors descriptors;

    private Inheritance(InheritedDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    /**
     * Passes them on.
     *
     * @param names with colons between them
     */
    public static Inheritance of(String names, OwnedFd... originals) throws IOException {
        int first = firstFree();
        for (int i = 0; i < originals.length; i++) {
            Fd fd = new Fd(originals[i].duplicateAtOrAbove(first + i).release());
            DescriptorFlags.setCloseOnExec(fd, false);
            DescriptorFlags.setNonBlocking(fd, false);
        }
        Map<String, String> environment = Map.of(
                "LISTEN_PID", Long.toString(OWN_PID),
                "LISTEN_FDS", Integer.toString(originals.length),
                "LISTEN_FDNAMES", names);
        return new Inheritance(InheritedDescriptors.take(environment, OWN_PID, first));
    }

    private static int firstFree() {
        return Math.max(FIRST, OpenDescriptors.ofThisProcess().lastKey() + 1);
    }

    /** What a broker takes its share of. */
    public InheritedDescriptors descriptors() {
        return descriptors;
    }

    /** Closes what nobody has taken. */
    @Override
    public void close() {
        descriptors.close();
    }
}
