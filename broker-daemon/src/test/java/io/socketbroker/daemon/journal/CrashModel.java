package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.v1.TaskSpec;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/** A sequence of batches that is drawn from a seed, and what a store has after each of them. */
final class CrashModel {
    /** A socket that every batch changes: its generation is the number of batches. */
    private static final String CURSOR = "cursor";

    private static final int NAMES = 40;
    private final long seed;
    private final SortedMap<String, Long> contents = new TreeMap<>();
    private long applied;

    CrashModel(long seed) {
        this.seed = seed;
    }

    static long batchesIn(Journal journal) {
        return Entries.sockets(journal).stream()
                .filter(socket -> socket.getSocketId().equals(CURSOR))
                .mapToLong(socket -> socket.getGeneration())
                .sum();
    }

    SortedMap<String, Long> contents() {
        return contents;
    }

    void applyUpTo(long number) {
        while (applied < number) {
            applied++;
            batch(seed, applied).forEach(this::apply);
        }
    }

    private void apply(JournalEntry entry) {
        switch (entry) {
            case JournalEntry.TaskPut put ->
                contents.put("task " + put.name().name(), put.registeredAt().getEpochSecond());
            case JournalEntry.TaskRemoved removed ->
                contents.remove("task " + removed.name().name());
            case JournalEntry.SocketPut put ->
                contents.put("socket " + put.name().id(), put.stored().getGeneration());
            case JournalEntry.SocketRemoved removed ->
                contents.remove("socket " + removed.name().id());
            case JournalEntry.ActivationPut _ -> {
                // Not compared.
            }
        }
    }

    private static List<JournalEntry> batch(long seed, long number) {
        Random random = new Random(seed * 1_000_003 + number);
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int name = random.nextInt(NAMES);
            entries.add(
                    switch (random.nextInt(40)) {
                        case 0 ->
                            new JournalEntry.TaskPut(
                                    Entries.task("t" + name),
                                    TaskSpec.getDefaultInstance(),
                                    Instant.ofEpochSecond(number));
                        case 1 -> new JournalEntry.TaskRemoved(Entries.task("t" + name));
                        case 2, 3, 4 -> Entries.remove("s" + name);
                        case 5 -> Entries.activation(number, Instant.ofEpochSecond(number));
                        default -> Entries.update("s" + name, number, random.nextInt(2_000));
                    });
        }
        entries.add(Entries.update(CURSOR, number, 0));
        return entries;
    }

    /** Appends until it is killed, and prints the number of each batch that is committed. */
    static final class AppendMain {
        private static final int UNDER_WAY = 64;

        private AppendMain() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            long seed = Long.parseLong(arguments[1]);
            Semaphore room = new Semaphore(UNDER_WAY);
            try (RocksJournal journal = RocksJournal.open(Path.of(arguments[0]), Entries.BOOT, "1");
                    FileOutputStream output = new FileOutputStream(FileDescriptor.out)) {
                print(output, "open");
                for (long number = Long.parseLong(arguments[2]) + 1; ; number++) {
                    room.acquire();
                    long committed = number;
                    journal.append(batch(seed, number)).thenRun(() -> {
                        print(output, Long.toString(committed));
                        room.release();
                    });
                }
            }
        }

        private static void print(FileOutputStream output, String line) {
            try {
                output.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
