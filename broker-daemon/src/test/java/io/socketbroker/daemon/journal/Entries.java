package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.TaskName;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.store.v1.StoredActivation;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Journal entries for tests. */
final class Entries {
    static final BootId BOOT = new BootId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    static final BootId NEXT_BOOT = new BootId(UUID.fromString("99999999-2222-3333-4444-555555555555"));
    static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456789Z");

    private Entries() {}

    static TaskName task(String name) {
        return new TaskName(1000, "app", name);
    }

    static JournalEntry putTask(String name) {
        TaskSpec spec = TaskSpec.newBuilder()
                .setExec(ExecLauncher.newBuilder().addCommand("/bin/cat"))
                .build();
        return new JournalEntry.TaskPut(task(name), spec, TIME);
    }

    static SocketName socket(String id) {
        return new SocketName(1000, "app", id);
    }

    /** In a state that promises nothing. */
    static JournalEntry update(String id, long generation, int contextBytes) {
        return put(id, SocketState.SOCKET_STATE_PARKED, generation, contextBytes);
    }

    /** A transfer. */
    static JournalEntry transfer(String id, long generation, int contextBytes) {
        return put(id, SocketState.SOCKET_STATE_DEPOSITED, generation, contextBytes);
    }

    private static JournalEntry put(String id, SocketState state, long generation, int contextBytes) {
        return new JournalEntry.SocketPut(
                socket(id),
                StoredSocket.newBuilder()
                        .setUid(1000)
                        .setApp("app")
                        .setSocketId(id)
                        .setTask("task")
                        .setCookie(generation)
                        .setGeneration(generation)
                        .setState(state)
                        .setContext(ByteString.copyFrom(new byte[contextBytes]))
                        .build());
    }

    static JournalEntry remove(String id) {
        return new JournalEntry.SocketRemoved(socket(id));
    }

    static JournalEntry activation(long id, Instant startedAt) {
        return new JournalEntry.ActivationPut(StoredActivation.newBuilder()
                .setId(id)
                .setUid(1000)
                .setApp("app")
                .setTask("task")
                .setStartedAt(Views.timestamp(startedAt))
                .setEndedAt(Views.timestamp(startedAt))
                .build());
    }

    static void commit(Journal journal, JournalEntry... entries) {
        join(journal.append(List.of(entries)));
    }

    static void join(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }

    static List<StoredSocket> sockets(Journal journal) {
        List<StoredSocket> found = new ArrayList<>();
        journal.load().sockets().forEach(found::add);
        return found;
    }

    static List<String> socketIds(Journal journal) {
        return sockets(journal).stream().map(StoredSocket::getSocketId).toList();
    }

    static List<String> taskNames(Journal journal) {
        return journal.load().tasks().stream().map(task -> task.getName()).toList();
    }
}
