package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.join;
import static io.socketbroker.daemon.journal.Entries.putTask;
import static io.socketbroker.daemon.journal.Entries.remove;
import static io.socketbroker.daemon.journal.Entries.socketIds;
import static io.socketbroker.daemon.journal.Entries.taskNames;
import static io.socketbroker.daemon.journal.Entries.transfer;
import static io.socketbroker.daemon.journal.Entries.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.v1.ErrorReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a journal thread that stands still, as with a disk that does. */
@Timeout(60)
class BoundsTest {
    private static final Settings TIGHT = new Settings(
            10,
            20_000,
            2,
            20_000,
            20_000,
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofDays(7),
            100,
            Duration.ofHours(1));

    @TempDir
    private Path state;

    private final CountDownLatch goOn = new CountDownLatch(1);
    private RocksJournal journal;

    @BeforeEach
    void stopTheThread() throws InterruptedException {
        journal = RocksJournal.open(state, BOOT, "1", TIGHT, List.of(), 1);
        // A dependent of a stage runs where it is completed only if it is there in time.
        boolean onThread;
        do {
            BlockingQueue<Boolean> ran = new LinkedBlockingQueue<>();
            journal.append(List.of(remove("nothing"))).thenRun(() -> {
                boolean journalThread = Thread.currentThread().getName().equals("journal");
                ran.add(journalThread);
                if (journalThread) {
                    awaitUninterrupted(goOn);
                }
            });
            onThread = ran.take();
        } while (!onThread);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() {
        goOn.countDown();
        journal.close();
    }

    private CompletionStage<Void> append(JournalEntry... entries) {
        return journal.append(List.of(entries));
    }

    private static void assertRefused(CompletionStage<Void> stage) {
        assertThatThrownBy(() -> stage.toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(BrokerRefusal.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_STORE_UNAVAILABLE);
                    assertThat(refusal).hasMessageContaining("changes wait to be written");
                });
    }

    @Test
    void shouldRefusePromisesOnceTooMuchWaitsButTakeChanges() {
        CompletionStage<Void> last = append(putTask("first"));
        for (int i = 0; i < 9; i++) {
            last = append(transfer("early" + i, i, 0));
        }
        assertRefused(append(transfer("late", 1, 0)));
        assertRefused(append(putTask("late")));
        CompletionStage<Void> removal = append(remove("early0"));
        CompletionStage<Void> change = append(update("early1", 77, 0));
        // What promises nothing stays of a batch that is refused.
        assertRefused(append(remove("early2"), transfer("late", 1, 0)));
        assertThat(last.toCompletableFuture()).isNotDone();
        goOn.countDown();
        join(last);
        join(removal);
        join(change);
        join(append(putTask("afterwards")));
        assertThat(taskNames(journal)).containsExactly("afterwards", "first");
        assertThat(socketIds(journal))
                .containsExactly("early1", "early3", "early4", "early5", "early6", "early7", "early8");
        assertThat(Entries.sockets(journal).getFirst().getGeneration()).isEqualTo(77);
        assertThat(journal.droppedChanges()).isZero();
    }

    @Test
    void shouldDropChangesOnlyAtTheSecondBoundAndCountThem() {
        CompletionStage<Void> first = append(transfer("a", 1, 0));
        for (int i = 0; i < 19; i++) {
            append(remove("r" + i));
        }
        assertRefused(append(remove("one"), remove("too many")));
        assertThat(journal.droppedChanges()).isEqualTo(2);
        goOn.countDown();
        join(first);
        join(append(remove("a")));
        assertThat(socketIds(journal)).isEmpty();
    }

    @Test
    void shouldBoundWhatWaitsByItsSize() {
        CompletionStage<Void> large = append(transfer("large", 1, 15_000));
        assertRefused(append(transfer("larger", 1, 15_000)));
        goOn.countDown();
        join(large);
    }

    @Test
    void shouldTakeWhatIsLargerThanTheBoundWhenNothingWaits() {
        CompletionStage<Void> huge = append(transfer("huge", 1, 100_000));
        goOn.countDown();
        join(huge);
        assertThat(socketIds(journal)).containsExactly("huge");
    }
}
