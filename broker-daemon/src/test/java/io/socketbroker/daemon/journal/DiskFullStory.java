package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What happens to a journal whose disk is full, told by a process beside it on that disk. A worker has the journal and is
 * told what to do; here is what it acknowledged.
 */
final class DiskFullStory implements AutoCloseable {
    private static final int CONTEXT_BYTES = 2_000;

    private final Path disk;
    private final Path state;
    private final Path library;
    private final Set<String> kept = new TreeSet<>();
    private JournalWorker worker;
    private int number;

    private DiskFullStory(Path disk, Path library) throws IOException {
        this.disk = disk;
        this.state = disk.resolve("state");
        this.library = library;
        this.worker = new JournalWorker(state, library);
    }

    public static void main(String[] arguments) throws Exception {
        try (DiskFullStory story = new DiskFullStory(Path.of(arguments[1]), Path.of(arguments[2]))) {
            story.tell(arguments[0]);
        }
        System.out.println("all is well");
    }

    private void tell(String name) throws Exception {
        transfer(300);
        assertThat(worker.ask("task early")).isEqualTo("ok");
        switch (name) {
            case "RECOVER" -> recover();
            case "KILL_WHILE_FULL" -> killWhileFull();
            case "CLOSE_WHILE_FULL" -> closeWhileFull();
            case "FULL_AGAIN_AND_AGAIN" -> fullAgainAndAgain();
            case "FULL_AT_START" -> fullAtStart();
            default -> throw new IllegalArgumentException(name);
        }
    }

    private void transfer(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String id = "s" + number++;
            assertThat(worker.ask("transfer " + id + " " + CONTEXT_BYTES)).isEqualTo("ok");
            kept.add(id);
        }
    }

    /** Takes all space, and appends until that is noticed. What is refused is taken back, as the broker does. */
    private void fill() throws IOException {
        fillRest();
        for (int i = 0; i < 10_000; i++) {
            String id = "s" + number++;
            String answer = worker.ask("transfer " + id + " " + CONTEXT_BYTES);
            if (!answer.equals("ok")) {
                assertThat(answer).startsWith("ERROR_REASON_STORE_UNAVAILABLE").contains("No space left");
                assertThat(worker.ask("remove " + id)).isEqualTo("ok");
                return;
            }
            kept.add(id);
        }
        throw new AssertionError("a full disk was not noticed");
    }

    private void fillRest() throws IOException {
        byte[] chunk = new byte[4096];
        try (OutputStream filler = Files.newOutputStream(disk.resolve("filler" + number++))) {
            while (true) {
                filler.write(chunk);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
    }

    private void makeRoom() throws IOException {
        try (var fillers = Files.newDirectoryStream(disk, "filler*")) {
            for (Path filler : fillers) {
                Files.delete(filler);
            }
        }
    }

    private void assertRefusing() throws IOException {
        assertThat(worker.ask("trouble"))
                .startsWith("new tasks and sockets are refused since ")
                .contains("No space left")
                .contains("changes that wait in memory");
        assertThat(worker.ask("transfer late 10")).startsWith("ERROR_REASON_STORE_UNAVAILABLE");
        assertThat(worker.ask("remove late")).isEqualTo("ok");
        assertThat(worker.ask("task late")).startsWith("ERROR_REASON_STORE_UNAVAILABLE");
    }

    /** Removals and updates go on, and reading does. */
    private void changeWhileFull() throws IOException {
        for (String id : List.of("s0", "s1", "s2")) {
            assertThat(worker.ask("remove " + id)).isEqualTo("ok");
            kept.remove(id);
        }
        assertThat(worker.ask("update s3 77 20000")).isEqualTo("ok");
        assertThat(worker.ask("update s4 1 0")).isEqualTo("ok");
        assertThat(worker.ask("update s4 78 10")).isEqualTo("ok");
        assertThat(worker.ask("history")).isEqualTo("1");
        assertThat(Integer.parseInt(worker.ask("sockets"))).isGreaterThanOrEqualTo(kept.size());
    }

    private void awaitRecovery() {
        await().until(() -> worker.ask("trouble").equals("none"));
    }

    private void reopenAndCompare() throws IOException {
        worker = new JournalWorker(state, library);
        assertThat(new TreeSet<>(List.of(worker.ask("ids").split(" ", -1)))).isEqualTo(kept);
        assertThat(worker.ask("tasks")).isEqualTo("early");
    }

    private void recover() throws Exception {
        fill();
        assertRefusing();
        changeWhileFull();
        makeRoom();
        awaitRecovery();
        transfer(100);
        worker.kill();
        reopenAndCompare();
        assertThat(worker.ask("generation s3")).isEqualTo("77");
        assertThat(worker.ask("generation s4")).isEqualTo("78");
    }

    /** Only what was promised counts then: what was changed meanwhile is as it was. */
    private void killWhileFull() throws Exception {
        fill();
        assertRefusing();
        worker.kill();
        makeRoom();
        reopenAndCompare();
    }

    private void closeWhileFull() throws Exception {
        fill();
        changeWhileFull();
        makeRoom();
        assertThat(worker.end()).isZero();
        reopenAndCompare();
        assertThat(worker.ask("generation s3")).isEqualTo("77");
    }

    private void fullAgainAndAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            fill();
            assertRefusing();
            List<String> gone = new ArrayList<>(kept).subList(0, Math.min(200, kept.size() - 10));
            for (String id : gone) {
                assertThat(worker.ask("remove " + id)).isEqualTo("ok");
            }
            gone.forEach(kept::remove);
            makeRoom();
            awaitRecovery();
            transfer(50);
        }
        worker.kill();
        reopenAndCompare();
    }

    /** Space is set aside for one start; without it, the next says what is wrong. */
    private void fullAtStart() throws Exception {
        fill();
        worker.kill();
        reopenAndCompare();
        worker.kill();
        number++;
        fillRest();
        Files.deleteIfExists(state.resolve("store/reserve"));
        fillRest();
        assertThat(JournalWorker.failureOf(state, library)).contains("NO_SPACE").contains("free some space");
        makeRoom();
        reopenAndCompare();
    }

    @Override
    public void close() throws IOException {
        worker.kill();
    }
}
