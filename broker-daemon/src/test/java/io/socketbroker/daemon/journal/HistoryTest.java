package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.activation;
import static io.socketbroker.daemon.journal.Entries.commit;
import static io.socketbroker.daemon.journal.Entries.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.store.v1.StoredActivation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HistoryTest {
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path state;

    private RocksJournal open(Duration age, long count, Duration trimEvery) {
        Settings settings = new Settings(
                100_000,
                100 << 20,
                2,
                1 << 20,
                1 << 20,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                age,
                count,
                trimEvery);
        return RocksJournal.open(state, BOOT, "1", settings, List.of(), 1);
    }

    private static List<Long> ids(RocksJournal journal) {
        return journal.latestActivations(1_000_000).stream()
                .map(StoredActivation::getId)
                .toList();
    }

    @Test
    void shouldTellTheNewestFirst() {
        try (RocksJournal journal = open(WEEK, 100_000, Duration.ofHours(1))) {
            for (long id : new long[] {3, 300, 30, 70_000}) {
                commit(journal, activation(id, Instant.now()));
            }
            assertThat(journal.latestActivations(3))
                    .extracting(StoredActivation::getId)
                    .containsExactly(70_000L, 300L, 30L);
            assertThat(journal.latestActivations(0)).isEmpty();
        }
    }

    @Test
    void shouldRemoveWhatIsTooOldByItself() {
        Instant now = Instant.now();
        try (RocksJournal journal = open(WEEK, 100_000, Duration.ofMillis(20))) {
            for (int i = 1; i <= 5_000; i++) {
                // Every tenth number, from 10 days ago until 5 days ago.
                Instant start = now.minus(Duration.ofDays(10))
                        .plus(Duration.ofDays(5).dividedBy(5_000).multipliedBy(i));
                journal.append(List.of(activation(10L * i, start)));
            }
            await().until(() -> ids(journal).size() == 2_000);
            assertThat(ids(journal).getLast()).isEqualTo(30_010);
        }
    }

    @Test
    void shouldKeepTheNewestOfTooMany() {
        try (RocksJournal journal = open(WEEK, 1_000, Duration.ofHours(1))) {
            for (int i = 1; i <= 10_000; i++) {
                commitUnjoined(journal, i);
            }
            join(journal.append(List.of(activation(10_001, Instant.now()))));
            // A look is worth it only once there are twice as many, or a slice more.
            await().until(() -> ids(journal).size() < 2_001);
            assertThat(ids(journal)).startsWith(10_001L, 10_000L).hasSizeGreaterThanOrEqualTo(1_000);
        }
        try (RocksJournal journal = open(WEEK, 1_000, Duration.ofMillis(1))) {
            await().until(() -> ids(journal).size() == 1_000);
            assertThat(ids(journal).getLast()).isEqualTo(9_002);
            assertThat(journal.load().counters().getLastActivationId()).isEqualTo(10_001);
        }
        try (RocksJournal journal = open(WEEK, 1_000, Duration.ofHours(1))) {
            assertThat(journal.load().counters().getActivations()).isEqualTo(1_000);
        }
    }

    private static void commitUnjoined(RocksJournal journal, int id) {
        var stage = journal.append(List.of(activation(id, Instant.now())));
        if (id % 1_000 == 0) {
            join(stage);
        }
    }

    @Test
    void shouldCountAnActivationOnce() {
        try (RocksJournal journal = open(WEEK, 1_000, Duration.ofHours(1))) {
            StoredActivation running = StoredActivation.newBuilder().setId(1).build();
            commit(journal, new JournalEntry.ActivationPut(running));
            commit(journal, activation(1, Instant.now()));
        }
        try (RocksJournal journal = open(WEEK, 1_000, Duration.ofHours(1))) {
            assertThat(journal.load().counters().getActivations()).isEqualTo(1);
        }
    }
}
