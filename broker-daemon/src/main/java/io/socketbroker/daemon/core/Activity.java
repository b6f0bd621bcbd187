package io.socketbroker.daemon.core;

import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** What happens on watched sockets: who is woken by it, and what the broker deals with by itself. */
public final class Activity {
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final BrokerState state;
    private final Parking parking;
    private final KeepAlives keepAlives;
    private final Dispatcher dispatcher;
    private final Listeners listeners;
    private final Conditions conditions;

    Activity(
            BrokerState state,
            Parking parking,
            KeepAlives keepAlives,
            Dispatcher dispatcher,
            Listeners listeners,
            Conditions conditions) {
        this.state = state;
        this.parking = parking;
        this.keepAlives = keepAlives;
        this.dispatcher = dispatcher;
        this.listeners = listeners;
        this.conditions = conditions;
        keepAlives.onExpired((socket, details) -> {
            // Still armed, other than after a report: bytes that come now wait for the next time.
            parking.unwatch(socket);
            dispatcher.trigger(socket, details);
        });
    }

    /**
     * How to look at a watched socket.
     *
     * @param generation that is armed
     * @param kind of the socket
     * @param unix whether it is of AF_UNIX
     * @param peekBytes how many bytes the rules want to see; 0 if any byte wakes a handler
     * @param source whether the source of a datagram matters
     */
    public record Look(long generation, SocketKind kind, boolean unix, int peekBytes, boolean source) {}

    /** How to look at what epoll reported for this slot; empty if it is not watched. */
    public Optional<Look> look(Slot slot) {
        return parked(slot, _ -> true).map(socket -> {
            boolean picky = WakeRules.isPicky(socket.options, socket.keepAlive);
            return new Look(
                    socket.generation,
                    socket.kind,
                    socket.isUnix(),
                    picky ? WakeRules.peekBytes(socket.options, socket.keepAlive) : 0,
                    picky && socket.options.getWakeFilter().getSourcePrefixesCount() > 0);
        });
    }

    /** The generation that is armed in epoll for this slot; empty if none is. */
    public OptionalLong watchedGeneration(Slot slot) {
        return parked(slot, _ -> true)
                .map(socket -> OptionalLong.of(socket.generation))
                .orElse(OptionalLong.empty());
    }

    /** What is known of the kernel socket in a slot that is taken; made anew with each call. */
    public Candidate candidate(Slot slot) {
        return state.sockets.at(slot).orElseThrow().candidate();
    }

    /** SO_COOKIE of the kernel socket in a slot that is taken. */
    public long cookie(Slot slot) {
        return state.sockets.at(slot).orElseThrow().cookie;
    }

    /** O_NONBLOCK of the socket in a slot that is taken, as its giver had it. */
    public boolean nonBlocking(Slot slot) {
        return state.sockets.at(slot).orElseThrow().nonBlocking;
    }

    private Optional<SocketEntry> parked(Slot slot, Predicate<SocketEntry> further) {
        return state.sockets
                .at(slot)
                .filter(socket -> socket.is(SocketState.SOCKET_STATE_PARKED) && further.test(socket));
    }

    /** What the shell found on a watched slot. */
    public void ready(Slot slot, Readiness readiness) {
        SocketEntry socket = state.sockets.at(slot).orElseThrow();
        switch (readiness) {
            case Readiness.Nothing _ -> parking.watch(socket);
            case Readiness.Connection _ -> listeners.connection(socket);
            case Readiness.Data data -> data(socket, data);
            case Readiness.Ended ended -> ended(socket, ended);
        }
    }

    private void ended(SocketEntry socket, Readiness.Ended ended) {
        if (socket.awaitsFirstBytes()) {
            parking.refuse(socket, "it ended before it sent what wakes a handler");
            return;
        }
        keepAlives.ended(
                socket,
                ended.cause() == CloseCause.CLOSE_CAUSE_TIMEOUT || ended.cause() == CloseCause.CLOSE_CAUSE_RESET);
        dispatcher.trigger(
                socket,
                TriggerDetails.newBuilder()
                        .setReason(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED)
                        .setCloseCause(ended.cause())
                        .setErrorNumber(ended.errorNumber())
                        .setPeerClosed(true)
                        .build());
    }

    private void data(SocketEntry socket, Readiness.Data data) {
        if (socket.awaitsFirstBytes() && data.peerClosed() && judge(socket, data.open()) instanceof Verdict.Await) {
            parking.refuse(socket, "it ended before it sent what wakes a handler");
            return;
        }
        switch (judge(socket, data)) {
            case Verdict.Wake _ -> wake(socket, data);
            case Verdict.Await await -> await(socket, data, await);
            case Verdict.Answer(var response, int requestBytes) ->
                state.effect(new Effect.Answer(socket.slot(), socket.generation, response, requestBytes));
            case Verdict.Reply(int bytes) -> {
                state.effect(new Effect.Consume(socket.slot(), bytes));
                socket.quiet().repliesConsumed++;
                keepAlives.alive(socket);
                parking.watch(socket);
            }
            case Verdict.Discard _ -> {
                state.effect(new Effect.Consume(socket.slot(), data.bytesAvailable()));
                socket.quiet().datagramsDiscarded++;
                parking.watch(socket);
            }
            case Verdict.Close(String why) -> {
                if (socket.awaitsFirstBytes()) {
                    parking.refuse(socket, why);
                } else {
                    parking.close(socket, true, why);
                }
            }
        }
    }

    private static Verdict judge(SocketEntry socket, Readiness.Data data) {
        return WakeRules.isPicky(socket.options, socket.keepAlive)
                ? WakeRules.judge(socket.kind, socket.options, socket.keepAlive, data)
                : new Verdict.Wake();
    }

    private void wake(SocketEntry socket, Readiness.Data data) {
        dispatcher.trigger(
                socket,
                TriggerDetails.newBuilder()
                        .setReason(
                                socket.awaitsFirstBytes()
                                        ? TriggerReason.TRIGGER_REASON_CONNECTION_ACCEPTED
                                        : TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY)
                        .setBytesAvailable(data.bytesAvailable())
                        .setPeerClosed(data.peerClosed())
                        .build());
    }

    /** Not yet: but a receive buffer that is full, or a request that does not go on, must not hold its bytes for ever. */
    private void await(SocketEntry socket, Readiness.Data data, Verdict.Await await) {
        Quiet quiet = socket.quiet();
        boolean full = socket.isTcp() && data.bytesAvailable() <= quiet.heldBytes;
        if (full || (await.briefly() && quiet.impatient)) {
            wake(socket, data);
            return;
        }
        quiet.heldBytes = data.bytesAvailable();
        if (await.briefly() && quiet.patience == null) {
            quiet.patience = state.timers.schedule(state.nowNanos + PATIENCE_NANOS, () -> {
                quiet.patience = null;
                quiet.impatient = true;
                quiet.heldBytes = 0;
                parking.watch(socket, 1);
            });
        }
        parking.watch(socket, await.atLeastBytes());
    }

    /** What became of {@link Effect.Probe}. */
    public void probed(Slot slot, long generation, SendOutcome outcome) {
        parked(slot, socket -> socket.generation == generation).ifPresent(socket -> keepAlives.probed(socket, outcome));
    }

    /** What became of {@link Effect.Answer}; unless it was sent, its request is still unread. */
    public void answered(Slot slot, long generation, SendOutcome outcome, int unreadBytes) {
        parked(slot, socket -> socket.generation == generation).ifPresent(socket -> {
            if (outcome == SendOutcome.SENT) {
                socket.quiet().answersSent++;
                keepAlives.alive(socket);
                parking.watch(socket);
            } else {
                wake(socket, new Readiness.Data(unreadBytes, false));
            }
        });
    }

    /** A connection of a listener; its descriptor is bound to the slot before the effects run. Empty: it is closed. */
    public Optional<Slot> accepted(Slot listener, Candidate connection) {
        return listeners
                .accepted(state.sockets.at(listener).orElseThrow(), connection)
                .map(SocketEntry::slot);
    }

    /** The end of what {@link Effect.Accept} asked for. */
    public void acceptingDone(Slot listener, Acceptance outcome) {
        state.sockets.at(listener).ifPresent(entry -> listeners.acceptingDone(entry, outcome));
    }

    /** The host's addresses or routes have changed. */
    public void networkChanged() {
        state.emit(EventType.EVENT_TYPE_NETWORK_CHANGED, "addresses or routes of the host changed");
        for (SocketEntry socket : List.copyOf(state.networkListeners)) {
            if (socket.is(SocketState.SOCKET_STATE_PARKED) && !socket.awaitsFirstBytes()) {
                parking.unwatch(socket);
                dispatcher.trigger(
                        socket,
                        TriggerDetails.newBuilder()
                                .setReason(TriggerReason.TRIGGER_REASON_NETWORK_CHANGED)
                                .build());
            }
        }
        conditions.networkChanged(List.copyOf(state.tasks.values()));
    }

    /** The answer to {@link Effect.Evaluate}; how long it may be relied on, or when to look again. */
    public void evaluated(TaskName task, long question, boolean met, String unmet, long lookAgainNanos) {
        conditions.evaluated(task, question, met, unmet, lookAgainNanos);
    }
}
