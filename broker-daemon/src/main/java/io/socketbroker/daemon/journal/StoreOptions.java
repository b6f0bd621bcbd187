package io.socketbroker.daemon.journal;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;

/**
 * How RocksDB is used: small, because it is read at start and hardly ever after, and a record is some hundred bytes. These
 * are native objects; they live as long as the store.
 */
final class StoreOptions implements AutoCloseable {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private final LRUCache blockCache = new LRUCache(MIB, 0);
    private final DBOptions database = verifyingLogs()
            .setCreateMissingColumnFamilies(true)
            // RocksDB's least. The table cache has ten fewer.
            .setMaxOpenFiles(20)
            .setMaxFileOpeningThreads(1)
            // One thread to flush and one to compact.
            .setMaxBackgroundJobs(2)
            .setMaxSubcompactions(1)
            .setDbWriteBufferSize(4 * MIB)
            // Bounds what is read again after a crash.
            .setMaxTotalWalSize(8 * MIB)
            .setMaxManifestFileSize(MIB)
            .setManifestPreallocationSize(64 * KIB)
            // Space that was set aside and is not used is lost for those who share a full disk.
            .setAllowFAllocate(false)
            .setAllowMmapReads(false)
            .setAllowMmapWrites(false)
            // Only one thread writes.
            .setAllowConcurrentMemtableWrite(false)
            .setEnableWriteThreadAdaptiveYield(false)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            .setSkipStatsUpdateOnDbOpen(true)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(256 * KIB)
            .setKeepLogFileNum(2)
            .setParanoidChecks(true)
            // Nothing behind a damaged record is taken. Only the seal knows whether that is the end that a crash
            // leaves.
            .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
    private final Map<Family, ColumnFamilyOptions> families = new EnumMap<>(Family.class);
    private final ColumnFamilyOptions unused = family(64 * KIB);
    private final WriteOptions unsynced = new WriteOptions();
    private final WriteOptions synced = new WriteOptions().setSync(true);

    StoreOptions() {
        families.put(Family.TASKS, family(256 * KIB));
        families.put(Family.SOCKETS, family(MIB));
        families.put(Family.ACTIVATIONS, family(512 * KIB));
        families.put(Family.META, family(64 * KIB));
    }

    /**
     * Those with which RocksDB refuses a store that misses a write-ahead log, or a part of one that is not the last. There is
     * no method for it in Java.
     */
    private static DBOptions verifyingLogs() {
        Properties verifying = new Properties();
        verifying.setProperty("track_and_verify_wals_in_manifest", "true");
        return Objects.requireNonNull(DBOptions.getDBOptionsFromProps(verifying), "RocksDB knows its own options");
    }

    private ColumnFamilyOptions family(long writeBufferBytes) {
        return new ColumnFamilyOptions()
                .setWriteBufferSize(writeBufferBytes)
                .setMaxWriteBufferNumber(2)
                .setTargetFileSizeBase(4 * MIB)
                .setMaxBytesForLevelBase(16 * MIB)
                // Compressed blocks would need buffers of their own; contexts are opaque.
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(blockCache).setCacheIndexAndFilterBlocks(true));
    }

    /**
     * For one opening.
     *
     * @param create if there is none
     */
    DBOptions forOpening(boolean create) {
        return database.setCreateIfMissing(create);
    }

    ColumnFamilyOptions of(Family family) {
        return families.getOrDefault(family, unused);
    }

    /** Of families that this version does not know, and of RocksDB's own, which stays empty. */
    ColumnFamilyOptions ofOthers() {
        return unused;
    }

    /** With sync the write survives a power cut, else the process. */
    WriteOptions forWriting(boolean sync) {
        return sync ? synced : unsynced;
    }

    @Override
    public void close() {
        synced.close();
        unsynced.close();
        families.values().forEach(ColumnFamilyOptions::close);
        unused.close();
        database.close();
        blockCache.close();
    }
}
