package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.activation.HandlerTable;
import io.socketbroker.daemon.activation.Launcher;
import io.socketbroker.daemon.conditions.ConditionEvaluator;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.HandlerEnd;
import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Queries;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.Held;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.journal.Journal;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.network.NetworkMonitor;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.daemon.systemd.UnitLauncher;
import io.socketbroker.daemon.transfer.Deposits;
import io.socketbroker.daemon.transfer.FdServer;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.ReadinessProbe;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.daemon.watch.Watcher;
import io.socketbroker.linux.ExitStatus;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The owner of all broker state, on one thread. {@link #call} and {@link #transfer} are for any thread; their futures
 * complete on the conductor's, so dependents must move elsewhere at once.
 */
public final class Conductor implements AutoCloseable {
    /** Deposit and TransferOwnership wait so long for each other. */
    static final Duration DEPOSIT_WAIT = Duration.ofSeconds(5);

    private final EventLoop loop = new EventLoop();
    private final DescriptorTable descriptors = new DescriptorTable();
    private final ReadinessProbe probe = new ReadinessProbe();
    private final Brokerage brokerage;
    private final Watcher watcher;
    private final Deposits deposits;
    private final HandlerTable handlers;
    private final Launcher launcher;
    private final UnitLauncher units;
    private final ConditionEvaluator conditions;
    private final NetworkMonitor network;
    private final EffectRunner effects;
    private final Transfer transfer;
    private final FdServer fdServer;
    private final SessionStreams sessions = new SessionStreams();
    private final Custody custody;
    private final Pulse pulse;
    private final Thread thread;

    /**
     * Starts the thread.
     *
     * @param launcher starts handlers; the conductor becomes its owner
     * @param units starts handlers that are systemd units; the conductor becomes its owner
     * @param runtimeDirectory told to handlers
     * @param conditions looks whether conditions hold; the conductor becomes its owner
     * @param fdListener fd.sock, listening; the conductor becomes its owner
     * @param inheritance what a former broker left; the conductor becomes its owner
     */
    public Conductor(
            Brokerage brokerage,
            SocketInspector inspector,
            Launcher launcher,
            UnitLauncher units,
            Path runtimeDirectory,
            ConditionEvaluator conditions,
            Custody custody,
            Journal journal,
            EventRing events,
            PeerIdentity identity,
            OwnedFd fdListener,
            Inheritance inheritance) {
        this.brokerage = brokerage;
        this.launcher = launcher;
        this.units = units;
        this.conditions = conditions;
        this.custody = custody;
        deposits = new Deposits(loop, DEPOSIT_WAIT.toNanos());
        watcher = new Watcher(loop, this::reported);
        handlers = new HandlerTable(loop, new HandlerTable.Listener() {
            @Override
            public void exited(long activationId, ExitStatus status) {
                FailPoint.HANDLER_EXITED.pass();
                ended(activationId, HandlerEnd.of(status.isSuccess()), status.toString());
            }

            @Override
            public void vanished(long activationId) {
                ended(
                        activationId,
                        HandlerEnd.UNKNOWN,
                        "it outlived the broker that started it, so its status is not known");
            }
        });
        network = new NetworkMonitor(loop, this::networkChanged);
        Acceptor acceptor = new Acceptor(brokerage, descriptors, inspector, custody);
        effects = new EffectRunner(
                loop,
                brokerage,
                descriptors,
                watcher,
                acceptor,
                new Launches(loop, brokerage, descriptors, launcher, handlers, units, runtimeDirectory),
                conditions,
                custody,
                journal,
                events,
                sessions);
        transfer = new Transfer(loop, brokerage, descriptors, inspector, custody, effects);
        Frames frames = new Frames(
                brokerage, deposits, transfer, descriptors, this::tellTime, effects::runAll, effects::commit);
        fdServer = new FdServer(loop, fdListener, identity, frames);
        effects.onDelivery(new EffectRunner.Delivery() {
            @Override
            public boolean push(long connection, Brokerage.Outgoing outgoing) {
                return fdServer.push(connection, outgoing.frame(), frames.descriptors(outgoing));
            }

            @Override
            public void disconnect(long connection) {
                fdServer.disconnect(connection);
            }
        });
        custody.serve(loop, this::held);
        tellTime();
        new Restoration(brokerage, descriptors, inspector, custody).restore(inheritance);
        FailPoint.RECOVERY_MATCHED.pass();
        effects.runAll();
        FailPoint.RECOVERY_WATCHED.pass();
        effects.commit();
        FailPoint.RECOVERY_APPENDED.pass();
        pulse = new Pulse(loop, brokerage::totals);
        loop.onTurn(brokerage::nextDeadlineNanos, this::endOfTurn);
        thread = Thread.ofPlatform().name("conductor").start(loop::run);
    }

    /** For a custody that has lost what it held. */
    private List<Held> held(int firstSlot, int atMost) {
        List<Held> held = new ArrayList<>();
        Optional<Slot> next = descriptors.firstFrom(firstSlot);
        while (next.isPresent() && held.size() < atMost) {
            Slot slot = next.get();
            Fd fd = descriptors.at(slot);
            held.add(new Held(slot, brokerage.activity().cookie(slot), fd));
            next = descriptors.firstFrom(slot.index() + 1);
        }
        return held;
    }

    private void tellTime() {
        brokerage.advance(loop.nowNanos(), Instant.now());
    }

    private void endOfTurn() {
        tellTime();
        effects.runAll();
        effects.commit();
        pulse.endOfTurn();
    }

    /**
     * From any thread, once: has this listener told how the conductor fares, from now on.
     *
     * @param aliveEveryNanos how often it wants to hear that the conductor turns; empty for never, then an idle conductor
     *     sleeps
     */
    public void tell(Vitals vitals, OptionalLong aliveEveryNanos) {
        // Refused only when the loop has ended, which is not alive.
        loop.submit(() -> pulse.tell(vitals, aliveEveryNanos));
    }

    /** Asks the rules something, or tells them; the reply comes when what it promises is committed. */
    public <T> CompletableFuture<T> call(Function<Brokerage, T> question) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        submit(reply, () -> {
            tellTime();
            T answer = question.apply(brokerage);
            effects.runAll();
            forward(effects.commit().thenApply(_ -> answer), reply);
        });
        return reply;
    }

    /**
     * Who holds what, as far as this caller may see it; see AdminService.GetCustody.
     *
     * @param sockets in the broker
     * @param custody what custody says; empty if it is away
     * @param holderPid its process; 0 if there is none
     */
    public record Holdings(List<Queries.Holding> sockets, Optional<List<InCustody>> custody, int holderPid) {}

    /** Looks at both in one turn; what custody says comes some time later. */
    public CompletableFuture<Holdings> holdings(Caller caller) {
        CompletableFuture<Holdings> reply = new CompletableFuture<>();
        submit(reply, () -> {
            List<Queries.Holding> sockets = brokerage.queries().holdings(caller);
            int holder = custody.holderPid();
            custody.inventory()
                    .handle((entries, _) ->
                            reply.complete(new Holdings(sockets, Optional.ofNullable(entries), holder)));
        });
        return reply;
    }

    /** Whether custody has everything that the broker has; completes on the conductor thread. */
    public CompletableFuture<Boolean> isCustodyWhole() {
        return call(_ -> custody.isWhole());
    }

    /** See TaskService.RegisterTask; one that the journal refuses has not been. */
    public CompletableFuture<RegisterTaskResponse> register(Caller caller, RegisterTaskRequest request) {
        List<Runnable> undo = new ArrayList<>(1);
        CompletableFuture<RegisterTaskResponse> reply = new CompletableFuture<>();
        CompletableFuture<RegisterTaskResponse> _ = call(brokerage -> brokerage.register(caller, request, undo::add))
                .whenComplete((response, failure) -> {
                    if (failure == null) {
                        reply.complete(response);
                    } else if (undo.isEmpty() || !loop.submit(() -> undone(undo.getFirst(), failure, reply))) {
                        reply.completeExceptionally(failure);
                    }
                });
        return reply;
    }

    private void undone(Runnable undo, Throwable failure, CompletableFuture<RegisterTaskResponse> reply) {
        tellTime();
        undo.run();
        effects.runAll();
        reply.completeExceptionally(failure);
    }

    /** See SessionService.Attach. The stream is told on the conductor's thread. */
    public CompletableFuture<SessionName> attach(Caller caller, AttachStart start, SessionStream stream) {
        return call(brokerage -> {
            SessionName session = brokerage.attach(caller, start);
            sessions.add(session, stream);
            return session;
        });
    }

    /** See SocketService.TransferOwnership. */
    public CompletableFuture<TransferOwnershipResponse> transfer(
            Caller caller, TransferOwnershipRequest request, BooleanSupplier cancelled) {
        CompletableFuture<TransferOwnershipResponse> reply = new CompletableFuture<>();
        submit(
                reply,
                () -> forward(
                        deposits.collect(caller.uid(), request.getDepositId())
                                .thenCompose(deposited -> taken(caller, request, deposited, cancelled)),
                        reply));
        return reply;
    }

    /** The same with a descriptor that this process made; the conductor becomes its owner. */
    public CompletableFuture<TransferOwnershipResponse> take(
            Caller caller, TransferOwnershipRequest request, OwnedFd made) {
        CompletableFuture<TransferOwnershipResponse> reply = new CompletableFuture<>();
        submit(reply, () -> forward(taken(caller, request, List.of(made), () -> false), reply));
        // Refused by a loop that has ended, or by the rules, which have closed it.
        return reply.whenComplete((_, failure) -> {
            if (failure != null && made.isOpen()) {
                made.close();
            }
        });
    }

    private CompletableFuture<TransferOwnershipResponse> taken(
            Caller caller, TransferOwnershipRequest request, List<OwnedFd> deposited, BooleanSupplier cancelled) {
        tellTime();
        return transfer.take(caller, request, deposited, cancelled)
                .thenApply(frame -> frame.message().getTransferred());
    }

    /** A duplicate of the descriptor of a declared socket; empty if the broker has none. */
    public CompletableFuture<Optional<OwnedFd>> duplicate(String declaredId) {
        return call(brokerage -> brokerage.declared().slot(declaredId).map(descriptors::duplicate));
    }

    private static <T> void forward(CompletionStage<T> answer, CompletableFuture<T> reply) {
        answer.whenComplete((value, failure) -> {
            if (failure == null) {
                reply.complete(value);
            } else {
                reply.completeExceptionally(failure);
            }
        });
    }

    private void submit(CompletableFuture<?> reply, Runnable command) {
        boolean queued = loop.submit(() -> {
            try {
                command.run();
            } catch (RuntimeException e) {
                effects.runAll();
                reply.completeExceptionally(e);
            }
        });
        if (!queued) {
            reply.completeExceptionally(new BrokerRefusal(
                    ErrorReason.ERROR_REASON_STOPPING, "", "the broker is stopping, or too busy; try again"));
        }
    }

    private void reported(Slot slot, int generationTag, int events) {
        tellTime();
        brokerage.activity().look(slot).ifPresent(look -> {
            if (Watcher.isOf(generationTag, look.generation())) {
                FailPoint.WAKE_REPORTED.pass();
                brokerage.activity().ready(slot, probe.look(descriptors.at(slot), look, events));
            }
        });
        // What follows is done at the end of the turn, for all that came due in it.
    }

    private void networkChanged() {
        tellTime();
        brokerage.activity().networkChanged();
        effects.runAll();
    }

    private void ended(long activationId, HandlerEnd end, String status) {
        tellTime();
        brokerage.exited(activationId, end, status);
        effects.runAll();
        FailPoint.HANDLER_SETTLED.pass();
    }

    /**
     * Ends the thread and closes everything that it owns. Connections are closed, not shut down: what a handler holds goes
     * on.
     */
    @Override
    public void close() {
        launcher.stop();
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        FailPoint.STOP_CONDUCTOR_ENDED.pass();
        launcher.close();
        units.close();
        fdServer.close();
        deposits.close();
        handlers.close();
        conditions.close();
        network.close();
        descriptors.close();
        FailPoint.STOP_DESCRIPTORS_CLOSED.pass();
        loop.close();
    }
}
