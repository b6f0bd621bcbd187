package io.socketbroker.daemon.systemd;

import io.socketbroker.linux.OpenDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.TreeMap;

/** What must be the same before and after. */
final class Descriptors {
    static {
        // The JVM keeps a socket from the first channel on, to close others by.
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Descriptors() {}

    /** Without what the JVM opens by itself when it first needs it. */
    static Map<Integer, String> open() {
        Map<Integer, String> open = new TreeMap<>(OpenDescriptors.ofThisProcess());
        open.values().removeIf(target -> target.endsWith(".jar") || target.startsWith("/dev/"));
        return open;
    }
}
