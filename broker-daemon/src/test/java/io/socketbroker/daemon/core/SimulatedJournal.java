package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.SocketKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a journal has at each moment, and what a new broker is told of it. */
final class SimulatedJournal {
    private final Map<SocketName, StoredSocket> sockets = new LinkedHashMap<>();
    private final Map<TaskName, StoredTask> tasks = new LinkedHashMap<>();

    /** The store keeps it apart, because the records that had it go. */
    private long lastNumber;

    void write(JournalEntry entry) {
        switch (entry) {
            case JournalEntry.TaskPut(var name, var spec, var at) ->
                tasks.put(
                        name,
                        StoredTask.newBuilder()
                                .setUid(name.uid())
                                .setApp(name.app())
                                .setName(name.name())
                                .setSpec(spec)
                                .setRegisteredAt(Views.timestamp(at))
                                .build());
            case JournalEntry.TaskRemoved(var name) -> tasks.remove(name);
            case JournalEntry.SocketPut put -> {
                StoredSocket stored = put.stored();
                sockets.put(put.name(), stored);
                lastNumber = Math.max(
                        lastNumber,
                        Math.max(stored.getGeneration(), stored.getLease().getActivationId()));
            }
            case JournalEntry.SocketRemoved(var name) -> sockets.remove(name);
            case JournalEntry.ActivationPut _ -> {}
        }
    }

    void copy(SimulatedJournal other) {
        sockets.putAll(other.sockets);
        tasks.putAll(other.tasks);
        lastNumber = other.lastNumber;
    }

    void recover(Brokerage fresh, Map<Slot, Long> bound, Set<Long> runningActivations) {
        List<Recovery.Kept> kept = new ArrayList<>();
        List<StoredSocket> lost = new ArrayList<>();
        Set<Long> known = new HashSet<>();
        for (StoredSocket stored : sockets.values()) {
            Optional<Slot> slot = bound.entrySet().stream()
                    .filter(entry -> entry.getValue() == stored.getCookie())
                    .map(Map.Entry::getKey)
                    .findFirst();
            assertThat(known.add(stored.getCookie()))
                    .as("one record for a socket")
                    .isTrue();
            slot.ifPresentOrElse(
                    found -> kept.add(new Recovery.Kept(
                            found,
                            stored,
                            runningActivations.contains(stored.getLease().getActivationId()))),
                    () -> lost.add(stored));
        }
        List<Recovery.Stranger> strangers = bound.entrySet().stream()
                .filter(entry -> !known.contains(entry.getValue()))
                .map(entry -> new Recovery.Stranger(
                        entry.getKey(),
                        new Candidate(
                                SocketKind.SOCKET_KIND_STREAM,
                                "tcp",
                                entry.getValue(),
                                Optional.empty(),
                                Optional.empty(),
                                false)))
                .toList();
        fresh.recovery().numbersUsed(lastNumber);
        fresh.recovery().tasks(List.copyOf(tasks.values()));
        Recovery.Outcome outcome = fresh.recovery().sockets(kept, strangers, lost, CloseCause.CLOSE_CAUSE_BROKER_LOST);
        assertThat(outcome.restored()).isEqualTo(kept.size());
        assertThat(outcome.unknown()).isEqualTo(strangers.size());
    }

    /** All sockets ended with the host. Some get another one in their place, which has a cookie of the new shell. */
    void recoverAfterReboot(SimulatedShell next) {
        Recovery recovery = next.brokerage.recovery();
        recovery.numbersUsed(lastNumber);
        recovery.tasks(List.copyOf(tasks.values()));
        recovery.sockets(List.of(), List.of(), List.of(), CloseCause.CLOSE_CAUSE_BROKER_LOST);
        for (StoredSocket stored : List.copyOf(sockets.values())) {
            if (recovery.wakesAfterReboot(stored)) {
                long cookie = next.newSocket(SocketKind.SOCKET_KIND_STREAM).cookie();
                next.bind(recovery.wakeAfterReboot(stored, cookie), cookie);
            } else {
                recovery.lost(List.of(stored), CloseCause.CLOSE_CAUSE_REBOOT);
            }
        }
        next.runEffects();
    }
}
