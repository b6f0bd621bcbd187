package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.commit;
import static io.socketbroker.daemon.journal.Entries.putTask;
import static io.socketbroker.daemon.journal.Entries.socketIds;
import static io.socketbroker.daemon.journal.Entries.taskNames;
import static io.socketbroker.daemon.journal.Entries.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.store.v1.StoredSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

@Timeout(60)
class MigratorTest {
    private static final int SOCKETS = 3_000;

    @TempDir
    private Path state;

    private RocksJournal open(int schemaVersion, Migration... steps) {
        return RocksJournal.open(state, BOOT, "v" + schemaVersion, Settings.DEFAULT, List.of(steps), schemaVersion);
    }

    @BeforeEach
    void makeStore() {
        try (RocksJournal journal = open(1)) {
            commit(journal, putTask("keep"), putTask("drop"));
            for (int i = 0; i < SOCKETS; i++) {
                journal.append(List.of(update("s" + i, 1, 1_000)));
            }
        }
    }

    /** Drops a task, and gives sockets the generation 2; fails where it is told to. */
    private record FromOne(AtomicInteger socketsUntilFailure) implements Migration {
        @Override
        public int from() {
            return 1;
        }

        @Override
        public void apply(Records records) {
            records.forEach(Family.TASKS, (key, _) -> {
                if (key.toStringUtf8().endsWith("drop")) {
                    records.remove(Family.TASKS, key);
                }
            });
            records.forEach(Family.SOCKETS, (key, value) -> {
                if (socketsUntilFailure.decrementAndGet() == 0) {
                    throw new IllegalStateException("the process ended here");
                }
                records.put(Family.SOCKETS, key, withGenerationTwo(value));
            });
        }

        private static ByteString withGenerationTwo(ByteString value) {
            try {
                return StoredSocket.parseFrom(value).toBuilder()
                        .setGeneration(2)
                        .build()
                        .toByteString();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Migration step(int from) {
        return new Migration() {
            @Override
            public int from() {
                return from;
            }

            @Override
            public void apply(Records records) {
                records.put(Family.TASKS, ByteString.copyFromUtf8("step" + from), ByteString.EMPTY);
            }
        };
    }

    @Test
    void shouldGoStepByStepToItsVersion() {
        try (RocksJournal journal = open(3, step(2), new FromOne(new AtomicInteger()))) {
            assertThat(journal.load().lastRun().orElseThrow().getSchemaVersion())
                    .isEqualTo(1);
            assertThat(taskNames(journal)).containsExactlyInAnyOrder("keep", "");
            assertThat(Entries.sockets(journal)).hasSize(SOCKETS).allMatch(socket -> socket.getGeneration() == 2);
        }
        // Once is enough.
        try (RocksJournal journal = open(3)) {
            assertThat(journal.load().lastRun().orElseThrow().getSchemaVersion())
                    .isEqualTo(3);
        }
    }

    @Test
    void shouldBeginAStepAgainThatDidNotEnd() {
        Migration interrupted = new FromOne(new AtomicInteger(SOCKETS - 1));
        assertThatThrownBy(() -> open(2, interrupted)).hasMessageContaining("ended here");
        try (RocksJournal journal = open(2, new FromOne(new AtomicInteger()))) {
            assertThat(Entries.sockets(journal)).hasSize(SOCKETS).allMatch(socket -> socket.getGeneration() == 2);
        }
    }

    @Test
    void shouldRefuseAStoreOfANewerVersionAndLeaveItAlone() {
        open(7, step(1), step(2), step(3), step(4), step(5), step(6)).close();
        assertThatThrownBy(() -> open(1))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.problem()).isEqualTo(StoreException.Problem.NEWER))
                .hasMessageContaining("schema version 7, written by socketbroker v7")
                .hasMessageContaining("knows versions up to 1")
                .hasMessageContaining("move " + state.resolve("store") + " away");
        try (RocksJournal journal = open(7)) {
            assertThat(socketIds(journal)).hasSize(SOCKETS);
        }
    }

    /** As a later version might leave it. */
    private void addFamily(String name) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        String database = state.resolve("store/db").toString();
        try (Options plain = new Options();
                DBOptions options = new DBOptions();
                ColumnFamilyOptions ofFamily = new ColumnFamilyOptions()) {
            List<ColumnFamilyDescriptor> families = RocksDB.listColumnFamilies(plain, database).stream()
                    .map(family -> new ColumnFamilyDescriptor(family, ofFamily))
                    .toList();
            try (RocksDB opened = RocksDB.open(options, database, families, handles)) {
                opened.createColumnFamily(
                                new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), ofFamily))
                        .close();
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    @Test
    void shouldRefuseANewerVersionAlsoIfItHasMoreKindsOfRecords() throws RocksDBException {
        open(2, step(1)).close();
        addFamily("more");
        assertThatThrownBy(() -> open(1)).hasMessageContaining("schema version 2");
        open(2).close();
    }

    @Test
    void shouldRefuseAVersionFromWhichThereIsNoWay() {
        assertThatThrownBy(() -> open(3, step(2)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("knows no way");
    }
}
