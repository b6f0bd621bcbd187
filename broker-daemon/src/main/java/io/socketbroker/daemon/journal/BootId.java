package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * One boot of the host: the time in which a socket's cookie names one socket, and CLOCK_BOOTTIME runs on.
 *
 * @param value as the kernel drew it
 */
public record BootId(UUID value) {
    /** Of no host. */
    static final BootId NONE = new BootId(new UUID(0, 0));

    /** Length in a record. */
    static final int BYTES = 16;

    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * The boot now (random(4)).
     *
     * @throws IOException if there is no /proc
     */
    public static BootId ofThisHost() throws IOException {
        return new BootId(UUID.fromString(Files.readString(KERNEL).strip()));
    }

    static BootId read(ByteBuffer from) {
        return new BootId(new UUID(from.getLong(), from.getLong()));
    }

    /** As in a record. */
    public ByteString bytes() {
        return ByteString.copyFrom(ByteBuffer.allocate(BYTES)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .flip());
    }
}
