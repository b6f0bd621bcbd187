package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;

/** A journal in a process of its own, which does as it is told. */
final class JournalWorker {
    private final Process process;
    private final BufferedReader answers;

    JournalWorker(Path state, Path library) throws IOException {
        process = start(state, library);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String first = answers.readLine();
        if (!"open".equals(first)) {
            throw new IllegalStateException("the journal cannot be opened: " + first);
        }
    }

    private static Process start(Path state, Path library) throws IOException {
        return ChildJvm.start(
                ChildJvm.command(WorkMain.class, List.of("-Djava.library.path=" + library), state.toString()));
    }

    /** Why it cannot be opened. */
    static String failureOf(Path state, Path library) throws IOException {
        Process process = start(state, library);
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    String ask(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException("the worker is gone");
        }
        return answer;
    }

    void kill() throws IOException {
        process.destroyForcibly().onExit().join();
        answers.close();
    }

    /** Its status, once it has closed its journal. */
    int end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        int status = process.waitFor();
        answers.close();
        return status;
    }

    /** Inside the process. */
    static final class WorkMain {
        private final Journal journal;

        private WorkMain(Journal journal) {
            this.journal = journal;
        }

        public static void main(String[] arguments) throws IOException {
            try (RocksJournal journal = RocksJournal.open(Path.of(arguments[0]), Entries.BOOT, "1")) {
                Entries.commit(journal, Entries.activation(1, Instant.now()));
                System.out.println("open");
                WorkMain worker = new WorkMain(journal);
                BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                    System.out.println(worker.run(line.split(" ", -1)));
                }
            } catch (StoreException e) {
                System.out.println(e.problem() + " " + e.getMessage());
            }
        }

        private String run(String[] words) {
            return switch (words[0]) {
                case "transfer" -> commit(Entries.transfer(words[1], 1, Integer.parseInt(words[2])));
                case "update" ->
                    commit(Entries.update(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3])));
                case "remove" -> commit(Entries.remove(words[1]));
                case "task" -> commit(Entries.putTask(words[1]));
                case "trouble" -> journal.trouble().orElse("none");
                case "history" -> Integer.toString(journal.latestActivations(10).size());
                case "sockets" -> Integer.toString(Entries.sockets(journal).size());
                case "ids" -> String.join(" ", Entries.socketIds(journal));
                case "tasks" ->
                    String.join(
                            " ",
                            journal.load().tasks().stream()
                                    .map(StoredTask::getName)
                                    .toList());
                case "generation" -> Long.toString(generation(words[1]));
                default -> throw new IllegalArgumentException(words[0]);
            };
        }

        private long generation(String id) {
            return Entries.sockets(journal).stream()
                    .filter(socket -> socket.getSocketId().equals(id))
                    .mapToLong(StoredSocket::getGeneration)
                    .sum();
        }

        private String commit(JournalEntry entry) {
            try {
                Entries.commit(journal, entry);
                return "ok";
            } catch (CompletionException e) {
                return e.getCause() instanceof BrokerRefusal refusal
                        ? refusal.reason() + " " + refusal.getMessage()
                        : "failed: " + e.getCause();
            }
        }
    }
}
