package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that appends is killed at random moments, time after time on the same store. What is found then is what there
 * was after one of its batches, and not before the last that was acknowledged.
 */
@Timeout(300)
class CrashTest {
    private static final int KILLS = 12;

    @TempDir
    private Path state;

    @TempDir
    private Path files;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldHaveAllThatWasAcknowledged(long seed) throws Exception {
        Random moments = new Random(ThreadLocalRandom.current().nextLong());
        CrashModel model = new CrashModel(seed);
        long begun = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long acknowledged = appendUntilKilled(seed, begun, moments.nextInt(150));
            try (RocksJournal journal = RocksJournal.open(state, Entries.BOOT, "1")) {
                long found = CrashModel.batchesIn(journal);
                assertThat(found).as("kill %d", kill).isGreaterThanOrEqualTo(Math.max(begun, acknowledged));
                model.applyUpTo(found);
                assertThat(contentsOf(journal)).as("kill %d", kill).isEqualTo(model.contents());
                begun = found;
            }
        }
        assertThat(begun).isGreaterThan(KILLS);
    }

    /** How many batches were acknowledged, those of former processes included. */
    private long appendUntilKilled(long seed, long begun, int millis) throws Exception {
        // Not a pipe, which would hold up the process when it is full.
        Path output = Files.createTempFile(files, "acknowledged", "");
        Process process = new ProcessBuilder(ChildJvm.command(
                        CrashModel.AppendMain.class,
                        List.of(),
                        state.toString(),
                        Long.toString(seed),
                        Long.toString(begun)))
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        await().pollInterval(Duration.ofMillis(5)).until(() -> Files.size(output) > 0);
        boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
        assertThat(ended).as("it goes on until it is killed").isFalse();
        process.destroyForcibly().waitFor();
        String all = Files.readString(output);
        // The last line may be cut off.
        List<String> lines = all.substring(0, all.lastIndexOf('\n')).lines().toList();
        return lines.size() == 1 ? begun : Long.parseLong(lines.getLast());
    }

    private static SortedMap<String, Long> contentsOf(Journal journal) {
        SortedMap<String, Long> contents = new TreeMap<>();
        journal.load()
                .tasks()
                .forEach(task -> contents.put(
                        "task " + task.getName(), task.getRegisteredAt().getSeconds()));
        Entries.sockets(journal)
                .forEach(socket -> contents.put("socket " + socket.getSocketId(), socket.getGeneration()));
        return contents;
    }
}
