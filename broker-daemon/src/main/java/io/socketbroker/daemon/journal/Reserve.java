package io.socketbroker.daemon.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Space that is set aside for the start on a full disk. RocksDB writes when it is opened, and a broker that cannot start
 * leaves every parked socket without service.
 */
final class Reserve {
    private static final Logger log = LoggerFactory.getLogger(Reserve.class);

    /** What RocksDB may have in memory, and writes when it is opened after a crash. */
    private static final int BYTES = 4 << 20;

    private static final int PIECE_BYTES = 64 << 10;

    private final Path file;

    Reserve(StoreFolder folder) {
        file = folder.store().resolve("reserve");
    }

    /** As far as there is room. */
    void make() {
        try {
            if (Files.exists(file) && Files.size(file) == BYTES) {
                return;
            }
            // A file system may keep zeros in no space at all.
            Random random = new Random(0);
            // In small pieces: for each thread the JDK keeps as much memory as its largest write took.
            byte[] piece = new byte[PIECE_BYTES];
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                for (int written = 0; written < BYTES; written += PIECE_BYTES) {
                    random.nextBytes(piece);
                    ByteBuffer rest = ByteBuffer.wrap(piece);
                    while (rest.hasRemaining()) {
                        channel.write(rest);
                    }
                }
            }
        } catch (IOException e) {
            log.warn("no space is set aside for the next start: {}", e.toString());
            spend();
        }
    }

    /** Gives it up; false if there is none. */
    boolean spend() {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("the space that was set aside cannot be used: {}", e.toString());
            return false;
        }
    }
}
