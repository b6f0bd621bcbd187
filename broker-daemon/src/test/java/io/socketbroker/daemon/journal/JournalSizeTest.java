package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.Users;
import io.socketbroker.store.v1.StoredSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A journal of many sockets in a JVM with the broker's flags. Time and memory are printed, not judged. */
@Timeout(120)
class JournalSizeTest {
    private static final int SOCKETS = 18_000;

    @TempDir
    private Path state;

    @Test
    void shouldHoldManySocketsInASmallHeap() throws Exception {
        // The heap is there from the start, so that what grows is RocksDB.
        List<String> options = List.of("-Xms24m", "-Xmx24m", "-XX:+AlwaysPreTouch");
        String written = ChildJvm.run(ChildJvm.command(FiguresMain.class, options, state.toString()));
        String read = ChildJvm.run(ChildJvm.command(FiguresMain.class, options, state.toString()));
        System.out.print(("first run\n" + written + "second run\n" + read).replaceAll("(?m)^", "journal: "));
        assertThat(written).contains("found 0 sockets");
        assertThat(read).contains("found " + SOCKETS + " sockets");
    }

    /** Reads what is there, and then puts 18,000 sockets in batches of 253, and 10,000 one by one. */
    static final class FiguresMain {
        private FiguresMain() {}

        public static void main(String[] arguments) throws IOException {
            warmUp();
            report("without a journal", System.nanoTime());
            long start = System.nanoTime();
            try (RocksJournal journal = RocksJournal.open(Path.of(arguments[0]), Entries.BOOT, "1")) {
                report("opened", start);
                start = System.nanoTime();
                long[] found = new long[1];
                journal.load().sockets().forEach(_ -> found[0]++);
                report("found " + found[0] + " sockets", start);
                start = System.nanoTime();
                join(inBatches(journal));
                report("put " + SOCKETS + " in batches of 253", start);
                start = System.nanoTime();
                join(oneByOne(journal));
                report("put 10000 one by one, without waiting", start);
                start = System.nanoTime();
                for (int i = 0; i < 1_000; i++) {
                    Entries.commit(journal, Entries.transfer("s" + i, i, 200));
                }
                report("put 1000 one by one, each waited for", start);
                start = System.nanoTime();
                for (int i = 0; i < 100; i++) {
                    Entries.commit(journal, Entries.putTask("t" + i));
                }
                report("put 100 tasks one by one, each waited for", start);
            }
            report("closed", System.nanoTime());
        }

        /** What a broker has in any case. */
        private static void warmUp() throws IOException {
            LoggerFactory.getLogger(FiguresMain.class).debug("uid {}", Users.uid());
            StoredSocket socket = (StoredSocket) FullMessages.of(StoredSocket.getDefaultInstance());
            if (!StoredSocket.parseFrom(socket.toByteArray()).equals(socket)) {
                throw new IllegalStateException("protobuf does not work");
            }
            try (MemoryJournal journal = new MemoryJournal()) {
                Entries.join(journal.append(List.of(Entries.putTask("t"))));
            }
            System.gc();
        }

        private static List<CompletionStage<Void>> inBatches(RocksJournal journal) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            List<JournalEntry> batch = new ArrayList<>();
            for (int i = 0; i < SOCKETS; i++) {
                batch.add(Entries.update("s" + i, i, 200));
                if (batch.size() == 253 || i == SOCKETS - 1) {
                    stages.add(journal.append(batch));
                    batch = new ArrayList<>();
                }
            }
            return stages;
        }

        private static List<CompletionStage<Void>> oneByOne(RocksJournal journal) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                stages.add(journal.append(List.of(Entries.update("s" + i, i, 200))));
            }
            return stages;
        }

        private static void join(List<CompletionStage<Void>> stages) {
            stages.forEach(Entries::join);
        }

        private static void report(String what, long startNanos) throws IOException {
            long micros = (System.nanoTime() - startNanos) / 1_000;
            String memory = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .reduce("", (all, line) -> all + ", " + line);
            System.out.println(what + ": " + micros + " us" + memory + ", descriptors "
                    + OpenDescriptors.ofThisProcess().size());
        }
    }
}
