package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.journal.StoreException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * Whether a disk takes data. Tried with a file, because the numbers of statvfs(3) know neither of quotas nor of what is
 * reserved for root; and a store that is opened again in vain cannot be read any more.
 */
final class Room {
    /** For RocksDB's own files. */
    private static final long FIXED_BYTES = 1 << 20;

    private static final int CHUNK_BYTES = 64 << 10;

    private final StoreFolder folder;

    Room(StoreFolder folder) {
        this.folder = folder;
    }

    /**
     * Room to open the store again, which rewrites its write-ahead log, and to write more.
     *
     * @throws StoreException if there is not
     */
    void require(long moreBytes) {
        Path probe = folder.store().resolve("probe");
        try {
            try (FileChannel file = FileChannel.open(
                    probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
                for (long left = FIXED_BYTES + logBytes() + moreBytes; left > 0; left -= CHUNK_BYTES) {
                    file.write(zeros.clear());
                }
                file.force(false);
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException(
                    Problem.NO_SPACE, "cannot be written: " + folder.store() + ": " + e.getMessage(), e);
        }
    }

    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.list(folder.database())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
