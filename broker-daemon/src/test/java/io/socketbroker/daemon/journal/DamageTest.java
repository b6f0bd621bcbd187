package io.socketbroker.daemon.journal;

import static io.socketbroker.daemon.journal.Entries.BOOT;
import static io.socketbroker.daemon.journal.Entries.NEXT_BOOT;
import static io.socketbroker.daemon.journal.Entries.commit;
import static io.socketbroker.daemon.journal.Entries.putTask;
import static io.socketbroker.daemon.journal.Entries.socketIds;
import static io.socketbroker.daemon.journal.Entries.taskNames;
import static io.socketbroker.daemon.journal.Entries.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.journal.StoreException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store with a damaged file is refused in words, or whole all the same: never is there silently less. */
@Timeout(120)
class DamageTest {
    private static final int SOCKETS = 2_500;
    private static final List<String> TASKS =
            IntStream.range(10, 30).mapToObj(i -> "t" + i).toList();

    /** A store as a killed broker leaves it, with tasks and sockets in sorted files and in the write-ahead log. */
    @TempDir
    private static Path whole;

    @TempDir
    private Path state;

    @BeforeAll
    static void makeStore(@TempDir Path original) throws IOException {
        try (RocksJournal journal = RocksJournal.open(original, BOOT, "1")) {
            for (int i = 0; i < SOCKETS; i++) {
                if (i % (SOCKETS / TASKS.size()) == 0) {
                    commit(journal, putTask(TASKS.get(i / (SOCKETS / TASKS.size()))));
                }
                commit(journal, update("s" + (10_000 + i), i, 1_000));
            }
            copy(original.resolve("store"), whole.resolve("store"));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** What there is to damage. */
    private static List<Path> files(Path store, String pattern) {
        try (Stream<Path> files = Files.walk(store)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(pattern))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            assertThat(found).as(pattern).isNotEmpty();
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How to damage. */
    enum Harm {
        REMOVED,
        EMPTIED,
        CUT_BY_ONE,
        HALVED,
        GARBLED_AT_THE_START,
        GARBLED_IN_THE_MIDDLE,
        GARBLED_AT_THE_END;

        void apply(Path file) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            switch (this) {
                case REMOVED -> {
                    return;
                }
                case EMPTIED -> bytes = new byte[0];
                case CUT_BY_ONE -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
                case HALVED -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
                case GARBLED_AT_THE_START -> bytes[0] ^= 0x55;
                case GARBLED_IN_THE_MIDDLE -> bytes[bytes.length / 2] ^= 0x55;
                case GARBLED_AT_THE_END -> bytes[bytes.length - 2] ^= 0x55;
            }
            Files.write(file, bytes);
        }
    }

    /** What the next broker says: "whole", or why it does not take the store. */
    private String verdict(BootId boot) {
        try (RocksJournal journal = RocksJournal.open(state, boot, "2")) {
            List<String> tasks = taskNames(journal);
            List<String> sockets = socketIds(journal);
            if (tasks.equals(TASKS) && sockets.size() == SOCKETS) {
                return "whole";
            }
            return tasks.size() + " tasks and " + sockets.size() + " sockets";
        } catch (StoreException e) {
            assertThat(e.problem()).isEqualTo(Problem.DAMAGED);
            assertThat(e).hasMessageContaining(state.toString());
            assertThat(e).hasMessageContaining("move " + state.resolve("store") + " away to start empty");
            return "refused";
        }
    }

    @Test
    void shouldTakeAStoreThatIsWhole() throws IOException {
        assertThat(files(whole, ".*\\.sst")).hasSizeGreaterThan(1);
        copy(whole.resolve("store"), state.resolve("store"));
        assertThat(verdict(BOOT)).isEqualTo("whole");
        assertThat(verdict(NEXT_BOOT)).isEqualTo("whole");
    }

    @ParameterizedTest
    @CsvSource({"CURRENT", "MANIFEST-.*", ".*\\.sst", ".*\\.log", "seal", "OPTIONS-.*", "IDENTITY"})
    void shouldNeverHaveSilentlyLess(String pattern) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (int which = 0; which < files(whole, pattern).size(); which++) {
            for (Harm harm : Harm.values()) {
                Path copy = Files.createTempDirectory(state, "copy");
                copy(whole.resolve("store"), copy.resolve("store"));
                harm.apply(files(copy, pattern).get(which));
                for (BootId boot : List.of(BOOT, NEXT_BOOT)) {
                    String verdict = new DamageTest().at(copy).verdict(boot);
                    if (!verdict.matches("whole|refused" + lossAllowed(pattern, boot))) {
                        wrong.add(pattern + " " + which + " " + harm + ": " + verdict);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** A power cut may have taken what was not synced, which is all behind the last task. */
    private static String lossAllowed(String pattern, BootId boot) {
        return pattern.endsWith("log") && boot.equals(NEXT_BOOT) ? "|20 tasks and \\d+ sockets" : "";
    }

    private DamageTest at(Path folder) {
        state = folder;
        return this;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldNeverHaveSilentlyLessWhereverAByteIsWrong(long seed) throws IOException {
        Random random = new Random(seed);
        copy(whole.resolve("store"), state.resolve("store"));
        List<Path> files = files(state, ".*\\.(sst|log)|MANIFEST-.*");
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        Files.write(file, bytes);
        assertThat(verdict(BOOT)).as("%s", file.getFileName()).isIn("whole", "refused");
    }

    @ParameterizedTest
    @CsvSource({
        "CURRENT, REMOVED",
        "CURRENT, EMPTIED",
        "MANIFEST-.*, REMOVED",
        ".*\\.sst, REMOVED",
        ".*\\.sst, CUT_BY_ONE",
        ".*\\.sst, GARBLED_AT_THE_START",
        ".*\\.log, CUT_BY_ONE",
        ".*\\.log, REMOVED",
        ".*\\.log, GARBLED_IN_THE_MIDDLE",
        "seal, GARBLED_IN_THE_MIDDLE"
    })
    void shouldRefuseWhatCannotBeWhole(String pattern, Harm harm) throws IOException {
        copy(whole.resolve("store"), state.resolve("store"));
        harm.apply(files(state, pattern).getLast());
        assertThat(verdict(BOOT)).isEqualTo("refused");
        // To try again does not make it better.
        assertThat(verdict(BOOT)).isEqualTo("refused");
    }

    /** Sockets are not synced, and gone with the power; tasks are there. */
    @ParameterizedTest
    @CsvSource({"1, 0", "1000, 0", "50000, 0", "1, 1", "4096, 4096", "50000, 50000", "50000, 60000"})
    void shouldTakeWhatAPowerCutLeaves(int lostBytes, int zeroBytes) throws IOException {
        copy(whole.resolve("store"), state.resolve("store"));
        Path log = files(state, ".*\\.log").getLast();
        byte[] bytes = Files.readAllBytes(log);
        // A file system may have the length of a file on the disk, and not its content.
        Files.write(
                log,
                Arrays.copyOf(Arrays.copyOf(bytes, bytes.length - lostBytes), bytes.length - lostBytes + zeroBytes));
        assertThat(verdict(NEXT_BOOT)).matches("20 tasks and 24\\d\\d sockets");
        assertThat(verdict(NEXT_BOOT)).matches("20 tasks and 24\\d\\d sockets");
    }

    @Test
    void shouldStartEmptyOnceTheStoreIsMovedAway() throws IOException {
        copy(whole.resolve("store"), state.resolve("store"));
        Harm.EMPTIED.apply(files(state, "CURRENT").getFirst());
        assertThat(verdict(BOOT)).isEqualTo("refused");
        Files.move(state.resolve("store"), state.resolve("away"));
        assertThat(verdict(BOOT)).isEqualTo("0 tasks and 0 sockets");
    }

    @Test
    void shouldTakeTheStoreAsItIsOnceTheSealIsRemoved() throws IOException {
        copy(whole.resolve("store"), state.resolve("store"));
        Harm.CUT_BY_ONE.apply(files(state, ".*\\.log").getLast());
        assertThat(verdict(BOOT)).isEqualTo("refused");
        Files.delete(state.resolve("store/seal"));
        assertThat(verdict(BOOT)).isEqualTo("20 tasks and " + (SOCKETS - 1) + " sockets");
    }

    @Test
    void shouldBeginAgainWhereAFirstStartDidNotEnd() throws IOException {
        Path database = Files.createDirectories(state.resolve("store/db"));
        Files.writeString(database.resolve("MANIFEST-000001"), "begun");
        try (Seal seal = Seal.open(state.resolve("store/seal"), BOOT, Optional.empty())) {
            seal.record(0, true);
        }
        assertThat(verdict(BOOT)).isEqualTo("0 tasks and 0 sockets");
    }

    @ParameterizedTest
    @ValueSource(strings = {".*\\.sst", ".*\\.log"})
    void shouldNotBeginAgainOnRemainsOfAStore(String kept) throws IOException {
        copy(whole.resolve("store"), state.resolve("store"));
        for (Path file : files(state, ".*")) {
            if (!file.getFileName().toString().matches(kept)) {
                Files.delete(file);
            }
        }
        List<Path> remains = files(state.resolve("store"), ".*");
        assertThat(verdict(BOOT)).isEqualTo("refused");
        assertThat(remains).allSatisfy(file -> assertThat(file).exists());
    }
}
