package io.socketbroker.daemon.conductor;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.conditions.ConditionEvaluator;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Effect;
import io.socketbroker.daemon.core.JournalEntry;
import io.socketbroker.daemon.core.LaunchPlan;
import io.socketbroker.daemon.core.SendOutcome;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.TaskName;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.journal.Journal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.LingeringSockets;
import io.socketbroker.daemon.watch.Watcher;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.TaskConditions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the rules decided, in their order. On the conductor thread. */
final class EffectRunner {
    private static final Logger log = LoggerFactory.getLogger(EffectRunner.class);

    private final EventLoop loop;
    private final Brokerage brokerage;
    private final DescriptorTable descriptors;
    private final Watcher watcher;
    private final Acceptor acceptor;
    private final Launches launches;
    private final ConditionEvaluator conditions;
    private final Custody custody;
    private final Journal journal;
    private final EventRing events;
    private final SessionStreams sessions;
    private @Nullable Delivery delivery;
    private boolean running;

    /** Those that wait until all other effects are done. */
    private final Queue<Effect.Accept> accepts = new ArrayDeque<>();

    private List<JournalEntry> unwritten = new ArrayList<>();
    private @Nullable CompletableFuture<Void> nextCommit;

    EffectRunner(
            EventLoop loop,
            Brokerage brokerage,
            DescriptorTable descriptors,
            Watcher watcher,
            Acceptor acceptor,
            Launches launches,
            ConditionEvaluator conditions,
            Custody custody,
            Journal journal,
            EventRing events,
            SessionStreams sessions) {
        this.loop = loop;
        this.brokerage = brokerage;
        this.descriptors = descriptors;
        this.watcher = watcher;
        this.acceptor = acceptor;
        this.launches = launches;
        this.conditions = conditions;
        this.custody = custody;
        this.journal = journal;
        this.events = events;
        this.sessions = sessions;
    }

    /** How deliveries reach a session's connection. */
    interface Delivery {
        /** False if it does not read. */
        boolean push(long connection, Brokerage.Outgoing outgoing);

        /** One that has ended already is ignored. */
        void disconnect(long connection);
    }

    private Delivery sender() {
        if (delivery == null) {
            throw new IllegalStateException("the loop runs before its deliveries have a way out");
        }
        return delivery;
    }

    /** Before the loop runs. */
    void onDelivery(Delivery sender) {
        delivery = sender;
    }

    /**
     * Until nothing is left: some effects bring events that have effects of their own. An accept waits until the others are
     * done, because its connections take slots that a close among them has yet to free; and a call from within one of the
     * effects leaves the rest to the call that runs.
     */
    void runAll() {
        if (running) {
            return;
        }
        running = true;
        try {
            do {
                for (List<Effect> batch = brokerage.takeEffects(); !batch.isEmpty(); batch = brokerage.takeEffects()) {
                    batch.forEach(this::runOrPostpone);
                }
            } while (acceptNext());
        } finally {
            running = false;
        }
    }

    private void runOrPostpone(Effect effect) {
        if (effect instanceof Effect.Accept accept) {
            accepts.add(accept);
        } else {
            run(effect);
        }
    }

    private boolean acceptNext() {
        Effect.Accept next = accepts.poll();
        if (next == null) {
            return false;
        }
        run(next);
        return true;
    }

    /** Writes what the effects changed; completes when it is committed. */
    CompletionStage<Void> commit() {
        CompletionStage<Void> committed = append();
        CompletableFuture<Void> waiting = nextCommit;
        if (waiting != null) {
            nextCommit = null;
            // A journal that cannot write does not stop what is parked from being served.
            committed.whenComplete((_, _) -> waiting.complete(null));
        }
        return committed;
    }

    private CompletionStage<Void> append() {
        if (!journal.isDurable()) {
            brokerage.dropChanges();
            unwritten.clear();
            return journal.append(List.of());
        }
        List<JournalEntry> batch = unwritten;
        batch.addAll(brokerage.takeChanges());
        unwritten = new ArrayList<>();
        return journal.append(batch);
    }

    /** Completes once what the rules have decided so far is written, or cannot be. */
    private CompletableFuture<Void> nextCommit() {
        if (nextCommit == null) {
            nextCommit = new CompletableFuture<>();
        }
        return nextCommit;
    }

    private void run(Effect effect) {
        switch (effect) {
            case Effect.Watch(Slot slot, long generation, int atLeastBytes, boolean lowWater) ->
                watcher.watch(slot, generation, descriptors.at(slot), atLeastBytes, lowWater);
            case Effect.Settle(Slot slot) -> watcher.settle(slot, descriptors.at(slot));
            case Effect.Probe(Slot slot, long generation, ByteString bytes) ->
                brokerage.activity().probed(slot, generation, Exchanges.probe(descriptors.at(slot), bytes));
            case Effect.Answer answer -> answer(answer);
            case Effect.Consume(Slot slot, int bytes) -> Exchanges.consume(descriptors.at(slot), bytes);
            case Effect.Evaluate(TaskName task, long question, TaskConditions wanted) ->
                evaluate(task, question, wanted);
            case Effect.Unwatch(Slot slot) -> watcher.unwatch(slot, descriptors.at(slot));
            case Effect.Close(Slot slot, boolean shutdown) -> close(slot, shutdown);
            case Effect.Accept(Slot slot, long generation, int atMost) -> {
                // The listener may have gone since.
                if (brokerage.activity().watchedGeneration(slot).equals(OptionalLong.of(generation))) {
                    acceptor.accept(slot, atMost);
                }
            }
            case Effect.Launch(LaunchPlan plan) -> launches.launch(plan, nextCommit(), this::runAll);
            case Effect.Adopt(long activationId, int pid) -> launches.adopt(activationId, pid);
            case Effect.Deliver(long connection, Brokerage.Outgoing outgoing) -> deliver(connection, outgoing);
            case Effect.Disconnect(long connection) -> sender().disconnect(connection);
            case Effect.Revoke(SessionName session, long activationId, SocketName socket, String message) ->
                sessions.revoked(session, activationId, socket, message);
            case Effect.SessionStarted(SessionName session, List<HeldLease> resumed) ->
                sessions.started(session, resumed);
            case Effect.SessionEnded(SessionName session, BrokerRefusal why) -> sessions.ended(session, why);
            case Effect.Signal(long activationId, int signal) -> launches.signal(activationId, signal);
            case Effect.Journal(JournalEntry entry) -> unwritten.add(entry);
            case Effect.Emit(Effect.Happening happening) -> events.append(happening, Instant.now());
        }
    }

    private void answer(Effect.Answer answer) {
        Fd fd = descriptors.at(answer.slot());
        SendOutcome outcome = Exchanges.answer(fd, answer.response());
        if (outcome == SendOutcome.SENT) {
            Exchanges.consume(fd, answer.requestBytes());
        }
        brokerage.activity().answered(answer.slot(), answer.generation(), outcome, Exchanges.unread(fd));
    }

    private void evaluate(TaskName task, long question, TaskConditions wanted) {
        conditions.evaluate(
                wanted,
                report -> loop.submit(() -> {
                    brokerage
                            .activity()
                            .evaluated(
                                    task,
                                    question,
                                    report.met(),
                                    report.unmet(),
                                    report.lookAgainAfter().toNanos());
                    runAll();
                }));
    }

    private void close(Slot slot, boolean shutdown) {
        FailPoint.CLOSE_DECIDED.pass();
        OwnedFd descriptor = descriptors.unbind(slot);
        try {
            custody.drop(slot, SocketOptions.cookie(descriptor.fd()));
            FailPoint.CLOSE_DROPPED.pass();
            if (shutdown) {
                Sockets.shutdown(descriptor.fd(), Sockets.SHUT_RDWR);
            }
        } catch (LinuxException e) {
            log.warn("closing {}: {}", slot, e.getMessage());
        }
        LingeringSockets.close(descriptor);
        FailPoint.CLOSE_DONE.pass();
    }

    private void deliver(long connection, Brokerage.Outgoing outgoing) {
        FailPoint.DELIVERY_DECIDED.pass();
        if (!sender().push(connection, outgoing)) {
            brokerage.deliveryFailed(outgoing.deliveryId());
        }
        FailPoint.DELIVERY_SENT.pass();
    }
}
