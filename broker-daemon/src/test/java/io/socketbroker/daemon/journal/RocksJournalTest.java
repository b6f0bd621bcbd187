package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.NEXT_BOOT;
import static io.socketbroker.daemon.journal.Entries.TIME;
import static io.socketbroker.daemon.journal.Entries.activation;
import static io.socketbroker.daemon.journal.Entries.commit;
import static io.socketbroker.daemon.journal.Entries.join;
import static io.socketbroker.daemon.journal.Entries.putTask;
import static io.socketbroker.daemon.journal.Entries.remove;
import static io.socketbroker.daemon.journal.Entries.socketIds;
import static io.socketbroker.daemon.journal.Entries.sockets;
import static io.socketbroker.daemon.journal.Entries.task;
import static io.socketbroker.daemon.journal.Entries.taskNames;
import static io.socketbroker.daemon.journal.Entries.transfer;
import static io.socketbroker.daemon.journal.Entries.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.store.v1.StoreMeta;
import io.socketbroker.store.v1.StoredActivation;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RocksJournalTest {
    @TempDir
    private Path state;

    private RocksJournal open() {
        return RocksJournal.open(state, BOOT, "1.2.3");
    }

    @Test
    void shouldBeEmptyAtFirst() {
        try (RocksJournal journal = open()) {
            JournalSnapshot snapshot = journal.load();
            assertThat(snapshot.lastRun()).isEmpty();
            assertThat(snapshot.sameBoot()).isFalse();
            assertThat(snapshot.tasks()).isEmpty();
            assertThat(sockets(journal)).isEmpty();
            assertThat(journal.latestActivations(10)).isEmpty();
            assertThat(journal.isHealthy()).isTrue();
        }
    }

    @Test
    void shouldFindEveryFieldAgain() {
        StoredSocket stored = (StoredSocket) FullMessages.of(StoredSocket.getDefaultInstance());
        StoredActivation ended = (StoredActivation) FullMessages.of(StoredActivation.getDefaultInstance());
        StoredTask full = (StoredTask) FullMessages.of(StoredTask.getDefaultInstance());
        try (RocksJournal journal = open()) {
            commit(
                    journal,
                    new JournalEntry.SocketPut(new SocketName(7, "a", "s"), stored),
                    new JournalEntry.ActivationPut(ended),
                    new JournalEntry.TaskPut(task("t"), full.getSpec(), TIME));
        }
        try (RocksJournal journal = open()) {
            assertThat(sockets(journal)).containsExactly(stored);
            assertThat(journal.latestActivations(2)).containsExactly(ended);
            assertThat(journal.load().tasks())
                    .containsExactly(StoredTask.newBuilder()
                            .setUid(1000)
                            .setApp("app")
                            .setName("t")
                            .setSpec(full.getSpec())
                            .setRegisteredAt(Views.timestamp(TIME))
                            .build());
        }
    }

    @Test
    void shouldTellTheLastRunAndItsBoot() {
        open().close();
        try (RocksJournal journal = open()) {
            JournalSnapshot snapshot = journal.load();
            assertThat(snapshot.sameBoot()).isTrue();
            StoreMeta meta = snapshot.lastRun().orElseThrow();
            assertThat(meta.getSchemaVersion()).isEqualTo(1);
            assertThat(meta.getWrittenBy()).isEqualTo("1.2.3");
            assertThat(meta.getBootId()).isEqualTo(BOOT.bytes());
            assertThat(meta.hasOpenedAt()).isTrue();
        }
        try (RocksJournal journal = RocksJournal.open(state, NEXT_BOOT, "1.2.4")) {
            assertThat(journal.load().sameBoot()).isFalse();
        }
    }

    @Test
    void shouldKnowTheBootOfEachSocket() {
        try (RocksJournal journal = open()) {
            commit(journal, update("old", 1, 0));
        }
        // A broker that crashed before it had dealt with the records of the boot before.
        RocksJournal.open(state, NEXT_BOOT, "1").close();
        try (RocksJournal journal = RocksJournal.open(state, NEXT_BOOT, "1")) {
            commit(journal, update("young", 2, 0));
            JournalSnapshot snapshot = journal.load();
            assertThat(snapshot.sameBoot()).isTrue();
            assertThat(sockets(journal))
                    .extracting(StoredSocket::getSocketId, snapshot::isOfThisBoot)
                    .containsExactly(tuple("old", false), tuple("young", true));
            // Written again, it stays what it is.
            commit(
                    journal,
                    new JournalEntry.SocketPut(
                            Entries.socket("old"), sockets(journal).getFirst()));
            assertThat(sockets(journal)).extracting(snapshot::isOfThisBoot).containsExactly(false, true);
        }
    }

    @Test
    void shouldReplaceAndRemove() {
        try (RocksJournal journal = open()) {
            commit(journal, putTask("a"), putTask("b"), transfer("x", 1, 10), transfer("y", 2, 10));
            commit(journal, update("x", 3, 20), remove("y"), new JournalEntry.TaskRemoved(task("a")));
        }
        try (RocksJournal journal = open()) {
            assertThat(taskNames(journal)).containsExactly("b");
            assertThat(sockets(journal)).singleElement().satisfies(socket -> {
                assertThat(socket.getSocketId()).isEqualTo("x");
                assertThat(socket.getGeneration()).isEqualTo(3);
                assertThat(socket.getContext().size()).isEqualTo(20);
            });
        }
    }

    @Test
    void shouldNeverForgetANumberThatWasGivenOut() {
        try (RocksJournal journal = open()) {
            commit(journal, transfer("x", 41, 0));
            commit(journal, activation(17, TIME));
            commit(journal, remove("x"));
        }
        try (RocksJournal journal = open()) {
            assertThat(journal.load().counters().getLastGeneration()).isEqualTo(41);
            assertThat(journal.load().counters().getLastActivationId()).isEqualTo(17);
        }
    }

    @Test
    void shouldCompleteItsStagesInOrderOnItsThread() {
        Collection<String> seen = Collections.synchronizedCollection(new ArrayList<>());
        List<String> expected = new ArrayList<>();
        try (RocksJournal journal = open()) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                int number = i;
                expected.add(number + " journal");
                stages.add(journal.append(List.of(i % 100 == 0 ? putTask("t" + i) : update("s" + i, i, 100)))
                        .thenRun(() ->
                                seen.add(number + " " + Thread.currentThread().getName())));
            }
            stages.forEach(Entries::join);
        }
        // A stage that was complete already ran its dependent on this thread.
        assertThat(seen.stream().map(text -> text.replace(Thread.currentThread().getName(), "journal")))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void shouldHaveAllThatWasAppendedBeforeItsEnd() {
        List<CompletionStage<Void>> stages = new ArrayList<>();
        try (RocksJournal journal = open()) {
            for (int i = 0; i < 500; i++) {
                stages.add(journal.append(List.of(update("s" + i, i, 0))));
            }
        }
        stages.forEach(Entries::join);
        try (RocksJournal journal = open()) {
            assertThat(socketIds(journal)).hasSize(500);
        }
    }

    @Test
    void shouldRefuseWhatComesAfterItsEnd() {
        RocksJournal journal = open();
        journal.close();
        assertThat(journal.append(List.of(remove("x"))).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void shouldLetGoOfEveryDescriptor() {
        open().close();
        var before = OpenDescriptors.ofThisProcess();
        for (int i = 0; i < 3; i++) {
            try (RocksJournal journal = open()) {
                commit(journal, putTask("t"), update("s", 1, 100));
                assertThat(OpenDescriptors.ofThisProcess()).hasSizeGreaterThan(before.size());
            }
        }
        assertThat(OpenDescriptors.ofThisProcess()).isEqualTo(before);
    }

    @Test
    void shouldSayThatItIsClosed() {
        RocksJournal journal = open();
        journal.close();
        assertThatThrownBy(journal::load)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(state.toString())
                .hasMessageContaining("is closed");
        // Once more does no harm.
        open().close();
        journal.close();
        open().close();
    }

    @Test
    void shouldNotMindThatItsCloserIsInterrupted() {
        RocksJournal journal = open();
        CompletionStage<Void> stage = journal.append(List.of(putTask("t")));
        Thread.currentThread().interrupt();
        journal.close();
        assertThat(Thread.interrupted()).isTrue();
        join(stage);
    }

    @Test
    void shouldAppendWhileItReads() {
        try (RocksJournal journal = open()) {
            commit(journal, update("a", 1, 0), update("b", 2, 0));
            journal.load().sockets().forEach(socket -> journal.append(List.of(remove(socket.getSocketId()))));
            commit(journal, putTask("last"));
            assertThat(socketIds(journal)).isEmpty();
        }
    }
}
