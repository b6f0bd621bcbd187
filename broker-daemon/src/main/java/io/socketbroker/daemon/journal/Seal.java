package io.socketbroker.daemon.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A witness of what was acknowledged, in a file of its own. A write-ahead log that has lost its end looks like one that was
 * never longer, and a broker would start with fewer tasks than it promised; the seal knows better.
 *
 * <p>It has two numbers of RocksDB's sequence. What is up to {@code written} survives the process, but not the host; what is
 * up to {@code synced} survives a power cut. One write of 48 bytes replaces it, within one sector, so that it is never torn.
 * Only the thread that writes the store calls it.
 */
final class Seal implements AutoCloseable {
    private static final long MAGIC = 0x53_42_53_45_41_4C_00_01L; // "SBSEAL", version 1
    private static final int CHECKED_BYTES = 8 + BootId.BYTES + 8 + 8;
    private static final int BYTES = CHECKED_BYTES + 8;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
    private final BootId boot;
    private long written;
    private long synced;

    /**
     * What a store must have.
     *
     * @param boot in which it was written
     * @param written the last sequence number that was acknowledged in that boot
     * @param synced the last one that was acknowledged and synced
     */
    record Promise(BootId boot, long written, long synced) {
        /** The least last sequence number of an intact store. */
        long leastIn(BootId now) {
            return now.equals(boot) ? Math.max(written, synced) : synced;
        }

        /** The store was never ready. */
        boolean isVoid() {
            return written == 0 && synced == 0;
        }
    }

    private Seal(FileChannel file, BootId boot, Optional<Promise> former) {
        this.file = file;
        this.boot = boot;
        synced = former.map(Promise::synced).orElse(0L);
        written = former.map(promise -> promise.leastIn(boot)).orElse(0L);
    }

    /**
     * What the file says.
     *
     * @throws IOException if it does not exist or is not whole
     */
    static Promise read(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer content = ByteBuffer.wrap(bytes);
        if (bytes.length != BYTES
                || content.getLong() != MAGIC
                || ByteBuffer.wrap(bytes, CHECKED_BYTES, 8).getLong() != checksum(bytes)) {
            throw new IOException(path + " is damaged");
        }
        BootId boot = BootId.read(content);
        return new Promise(boot, content.getLong(), content.getLong());
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(Arrays.copyOf(bytes, CHECKED_BYTES));
        return crc.getValue();
    }

    /** Opens the file as it is, or makes an empty one; {@link #record} gives it its content. */
    static Seal open(Path path, BootId boot, Optional<Promise> former) throws IOException {
        return new Seal(
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                boot,
                former);
    }

    /**
     * The store has all up to this number.
     *
     * @param sync also after a power cut
     */
    void record(long sequence, boolean sync) throws IOException {
        written = sequence;
        if (sync) {
            synced = sequence;
        }
        byte[] bytes = new byte[BYTES];
        ByteBuffer content = ByteBuffer.wrap(bytes)
                .putLong(MAGIC)
                .put(boot.bytes().asReadOnlyByteBuffer())
                .putLong(written)
                .putLong(synced);
        content.putLong(checksum(bytes));
        buffer.clear().put(bytes).flip();
        if (file.write(buffer, 0) != BYTES) {
            throw new IOException("the seal was not written whole");
        }
        if (sync) {
            file.force(false);
        }
    }

    /** The last sequence number that an intact store has at least, in this boot. */
    long least() {
        return Math.max(written, synced);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
