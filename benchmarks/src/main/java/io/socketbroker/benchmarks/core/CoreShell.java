package io.socketbroker.benchmarks.core;

import com.google.protobuf.ByteString;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Effect;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.store.v1.StoredTask;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.TaskKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Plays everything around the rules: it carries out no effect but a delivery, which the only session acknowledges and gives
 * back. A stopwatch runs while the rules do, and stands while the session makes its answers. Not thread-safe.
 */
final class CoreShell {
    static final Caller OWNER = new Caller(1_000, 77, false);
    static final String TASK = "echo";
    private static final long CONNECTION = 1;
    private static final int CREDIT = 10_000;

    final Brokerage brokerage;
    private final SplittableRandom secrets = new SplittableRandom(5);
    private final List<Effect.Deliver> deliveries = new ArrayList<>();
    private Consumer<JournalEntry> journal = _ -> {};
    private List<StoredTask> tasks = List.of();
    private SessionName session = new SessionName(OWNER.uid(), ByteString.EMPTY);
    private long nowNanos;
    private long startedNanos;
    private long spentNanos;
    private long delivered;

    CoreShell(int sockets) {
        BrokerLimits defaults = BrokerLimits.forDescriptors(sockets, 1);
        BrokerLimits limits = new BrokerLimits(
                sockets,
                sockets,
                defaults.tasksPerUid(),
                defaults.contextBytes(),
                defaults.contextBytesPerUid(),
                defaults.handlers(),
                defaults.claimsPerUid(),
                defaults.claimTimeout(),
                defaults.firstRetryDelay(),
                defaults.longestRetryDelay(),
                defaults.quarantineAfter(),
                defaults.quarantine(),
                defaults.sessionsPerUid(),
                Duration.ofSeconds(5),
                // No rate: the clock stands still while millions of wakes go by.
                1_000_000_000,
                1_000_000_000);
        brokerage = new Brokerage(
                limits, OWNER.uid(), () -> new Token(secrets.nextLong(), secrets.nextLong()), new SplittableRandom(1));
        advance(Duration.ofSeconds(1).toNanos());
    }

    /** The clock goes on; what is due runs with the effects of {@link #settle}. */
    void advance(long nanos) {
        nowNanos += nanos;
        brokerage.advance(nowNanos, Instant.ofEpochSecond(1_700_000_000L, nowNanos));
    }

    void register() {
        brokerage.register(
                OWNER,
                RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName(TASK))
                        .build());
        settle();
    }

    /** A program that takes whatever comes. */
    void attach() {
        ByteString id = new Token(secrets.nextLong(), secrets.nextLong()).bytes();
        session = brokerage.attach(
                OWNER,
                AttachStart.newBuilder()
                        .setTask(TaskKey.newBuilder().setName(TASK))
                        .setSessionId(id)
                        .setCredit(CREDIT)
                        .build());
        brokerage.sessions().hello(OWNER, id, CONNECTION);
        settle();
    }

    /** Who is told of what changed. */
    void onChange(Consumer<JournalEntry> listener) {
        journal = listener;
    }

    /** As stored with the registration. */
    List<StoredTask> tasks() {
        return tasks;
    }

    /** The stopwatch starts at zero. */
    void start() {
        spentNanos = 0;
        startedNanos = System.nanoTime();
    }

    /** Nanoseconds that the rules have needed since the start. */
    long spentNanos() {
        return spentNanos + System.nanoTime() - startedNanos;
    }

    private void pause() {
        spentNanos += System.nanoTime() - startedNanos;
    }

    private void goOn() {
        startedNanos = System.nanoTime();
    }

    /** Effects and changes are taken until there are no more; sockets that were delivered are given back. */
    void settle() {
        takeEffects();
        while (!deliveries.isEmpty()) {
            List<Effect.Deliver> taken = List.copyOf(deliveries);
            deliveries.clear();
            taken.forEach(this::serve);
            takeEffects();
        }
    }

    private void takeEffects() {
        for (List<Effect> taken = brokerage.takeEffects(); !taken.isEmpty(); taken = brokerage.takeEffects()) {
            for (Effect effect : taken) {
                if (effect instanceof Effect.Deliver deliver) {
                    deliveries.add(deliver);
                } else if (effect instanceof Effect.Journal(JournalEntry.TaskPut put)) {
                    tasks = List.of(StoredTask.newBuilder()
                            .setUid(put.name().uid())
                            .setApp(put.name().app())
                            .setName(put.name().name())
                            .setSpec(put.spec())
                            .build());
                }
            }
        }
        brokerage.takeChanges().forEach(journal);
    }

    private void serve(Effect.Deliver deliver) {
        pause();
        Delivery delivery = deliver.outgoing().delivery();
        CompleteRequest.Builder back = CompleteRequest.newBuilder().setToken(delivery.getToken());
        for (ActivatedSocket socket : delivery.getActivation().getSocketsList()) {
            back.addCompletions(LeaseCompletion.newBuilder()
                    .setKey(socket.getSocket().getKey())
                    .setGeneration(socket.getSocket().getGeneration())
                    .setOutcome(LeaseOutcome.LEASE_OUTCOME_RETURNED));
        }
        CompleteRequest request = back.build();
        goOn();
        brokerage.acknowledge(deliver.outgoing().deliveryId(), deliver.connection());
        takeEffects();
        if (!brokerage.complete(OWNER, request).isEmpty()) {
            throw new InvalidRunException("the rules refuse what comes back");
        }
        takeEffects();
        brokerage.sessions().addCredit(session, request.getCompletionsCount());
        delivered += request.getCompletionsCount();
    }

    /** Sockets that have come back so far. */
    long delivered() {
        return delivered;
    }
}
