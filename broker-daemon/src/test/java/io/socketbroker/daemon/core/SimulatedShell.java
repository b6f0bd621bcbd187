package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketKind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out effects on a model of the kernel: which slot has which socket, what is armed, which handlers run. It fails
 * as soon as the rules ask for something that would lose, leak or share a descriptor.
 */
final class SimulatedShell {
    final Brokerage brokerage;
    final Map<Slot, Long> boundCookies = new HashMap<>();
    final Map<Slot, Long> armedGenerations = new LinkedHashMap<>();
    final Set<Long> closedCookies = new HashSet<>();
    final List<LaunchPlan> starting = new ArrayList<>();
    /** Launched programs and acknowledged deliveries, by activation. */
    final Map<Long, SimulatedHandler> handlers = new LinkedHashMap<>();

    /** What programs still have of sessions with the broker before. */
    final List<SimulatedHandler> withFormerSessions = new ArrayList<>();

    final List<Effect.Happening> happenings = new ArrayList<>();
    long nowNanos;

    /** Whether the conditions of a task are met is asked, and not answered yet. */
    final List<Effect.Evaluate> questions = new ArrayList<>();

    /** Sockets whose low-water mark or triggering is not what their owners left. */
    private final Set<Slot> tuned = new HashSet<>();

    private final SimulatedOptions options;
    final SimulatedJournal journal = new SimulatedJournal();

    /** Handlers of a former broker that have nothing of this one's. */
    final Set<Long> strays = new HashSet<>();

    /** What becomes of what the broker sends by itself. */
    Supplier<SendOutcome> outcomes;

    private long lastCookie;

    /** Deliveries to sessions that were sent and not acknowledged, by delivery id. */
    final Map<Long, Pushed> pushed = new LinkedHashMap<>();

    /** Whether sessions read what is sent to them. */
    boolean sessionsRead = true;

    long deliveries;
    final List<Effect> sessionEffects = new ArrayList<>();

    /** A delivery on its way to a session. */
    record Pushed(long connection, Brokerage.Outgoing outgoing) {}

    SimulatedShell(Brokerage brokerage, SimulatedOptions options) {
        this.brokerage = brokerage;
        this.options = options;
        this.outcomes = options::outcome;
        advance(0);
    }

    /** A new broker after this one was killed: custody kept the sockets, and launched handlers live or die. */
    SimulatedShell recovered(Brokerage fresh, SplittableRandom random) {
        SimulatedShell next = new SimulatedShell(fresh, options);
        next.lastCookie = lastCookie;
        next.deliveries = deliveries;
        next.happenings.addAll(happenings);
        next.closedCookies.addAll(closedCookies);
        next.journal.copy(journal);
        if (random.nextInt(4) == 0) {
            // The whole host was started again: neither sockets nor handlers are left.
            fresh.advance(nowNanos, Instant.ofEpochSecond(0, nowNanos));
            next.nowNanos = nowNanos;
            next.journal.recoverAfterReboot(next);
            return next;
        }
        handlers.values().stream()
                .filter(handler -> handler.connection.isEmpty() && random.nextBoolean())
                .forEach(handler -> next.handlers.put(handler.activationId, handler));
        boundCookies.forEach((slot, cookie) -> {
            // Now and then the vault died too, and could not be filled again in time.
            if (random.nextInt(20) > 0) {
                next.boundCookies.put(slot, cookie);
            }
        });
        fresh.advance(nowNanos + random.nextLong(3_000_000_000L), Instant.ofEpochSecond(0, nowNanos));
        handlers.values().stream()
                .filter(handler -> handler.connection.isPresent() && random.nextBoolean())
                .forEach(next.withFormerSessions::add);
        next.strays.addAll(next.handlers.keySet());
        next.nowNanos = nowNanos + 3_000_000_000L;
        Set<Long> running = new HashSet<>(next.handlers.keySet());
        next.withFormerSessions.forEach(handler -> running.add(handler.activationId));
        next.journal.recover(fresh, next.boundCookies, running);
        next.runEffects();
        return next;
    }

    /** What the next accepted connection is; by itself it has a random peer. */
    @Nullable
    Endpoint nextPeer;

    Candidate newSocket(SocketKind kind) {
        Optional<Endpoint> peer = kind == SocketKind.SOCKET_KIND_LISTENER
                ? Optional.empty()
                : Optional.ofNullable(nextPeer).or(options::peer);
        return new Candidate(kind, "tcp", ++lastCookie, Optional.empty(), peer, false);
    }

    void advance(long nanos) {
        nowNanos += nanos;
        brokerage.advance(nowNanos, Instant.ofEpochSecond(0, nowNanos));
        runEffects();
    }

    void bind(Slot slot, long cookie) {
        assertThat(boundCookies).as("slot is free").doesNotContainKey(slot);
        assertThat(boundCookies).as("one descriptor for each kernel socket").doesNotContainValue(cookie);
        boundCookies.put(slot, cookie);
    }

    /** As the conductor does it: accepts wait until the rest is done, because their connections take freed slots. */
    void runEffects() {
        ArrayDeque<Effect.Accept> accepts = new ArrayDeque<>();
        do {
            for (List<Effect> batch = brokerage.takeEffects(); !batch.isEmpty(); batch = brokerage.takeEffects()) {
                for (Effect effect : batch) {
                    if (effect instanceof Effect.Accept accept) {
                        accepts.add(accept);
                    } else {
                        run(effect);
                    }
                }
            }
        } while (acceptNext(accepts));
        brokerage.takeChanges().forEach(journal::write);
    }

    private boolean acceptNext(ArrayDeque<Effect.Accept> accepts) {
        Effect.Accept next = accepts.poll();
        if (next == null) {
            return false;
        }
        if (brokerage.activity().watchedGeneration(next.slot()).equals(OptionalLong.of(next.generation()))) {
            accept(next);
        }
        return true;
    }

    private void run(Effect effect) {
        switch (effect) {
            case Effect.Watch watch -> {
                assertThat(boundCookies).as("watched").containsKey(watch.slot());
                armedGenerations.put(watch.slot(), watch.generation());
                if (watch.atLeastBytes() > 1) {
                    tuned.add(watch.slot());
                }
            }
            case Effect.Settle settle -> {
                assertThat(boundCookies).as("settled").containsKey(settle.slot());
                tuned.remove(settle.slot());
            }
            case Effect.Probe probe -> {
                assertThat(boundCookies).as("probed").containsKey(probe.slot());
                brokerage.activity().probed(probe.slot(), probe.generation(), outcomes.get());
            }
            case Effect.Answer answer -> {
                assertThat(boundCookies).as("answered").containsKey(answer.slot());
                brokerage.activity().answered(answer.slot(), answer.generation(), outcomes.get(), 5);
            }
            case Effect.Consume consume ->
                assertThat(boundCookies).as("consumed").containsKey(consume.slot());
            case Effect.Evaluate evaluate -> questions.add(evaluate);
            case Effect.Unwatch unwatch -> {
                assertThat(boundCookies).as("EPOLL_CTL_DEL before close").containsKey(unwatch.slot());
                armedGenerations.remove(unwatch.slot());
            }
            case Effect.Close close -> {
                assertThat(armedGenerations).as("closed while armed").doesNotContainKey(close.slot());
                assertThat(tuned).as("given away as it was watched").doesNotContain(close.slot());
                assertThat(boundCookies).as("closed twice").containsKey(close.slot());
                long cookie = requireNonNull(boundCookies.remove(close.slot()));
                if (close.shutdown()) {
                    closedCookies.add(cookie);
                }
            }
            case Effect.Accept _ -> throw new IllegalStateException("accepts come last");
            case Effect.Launch launch -> {
                launch.plan()
                        .sockets()
                        .forEach(socket -> assertThat(boundCookies)
                                .as("launched with")
                                .containsEntry(socket.slot(), socket.candidate().cookie()));
                launch.plan().sockets().forEach(socket -> assertThat(tuned).doesNotContain(socket.slot()));
                starting.add(launch.plan());
            }
            case Effect.Deliver deliver -> deliver(deliver);
            case Effect.Revoke _, Effect.SessionStarted _, Effect.SessionEnded _, Effect.Signal _ ->
                sessionEffects.add(effect);
            case Effect.Disconnect disconnect -> brokerage.disconnected(disconnect.connection());
            case Effect.Journal journalled -> journal.write(journalled.entry());
            case Effect.Adopt adopt -> {
                assertThat(handlers).as("adopted").containsKey(adopt.activationId());
                strays.remove(adopt.activationId());
            }
            case Effect.Emit emit -> happenings.add(emit.happening());
        }
    }

    private void deliver(Effect.Deliver deliver) {
        assertThat(deliver.outgoing().slots()).hasSizeBetween(1, Dispatcher.MOST_IN_ONE_MESSAGE);
        assertThat(boundCookies.keySet()).containsAll(deliver.outgoing().slots());
        assertThat(tuned).doesNotContainAnyElementsOf(deliver.outgoing().slots());
        deliveries++;
        if (sessionsRead) {
            pushed.put(deliver.outgoing().deliveryId(), new Pushed(deliver.connection(), deliver.outgoing()));
        } else {
            brokerage.deliveryFailed(deliver.outgoing().deliveryId());
        }
    }

    /** Launched programs that run. */
    List<SimulatedHandler> running() {
        return handlers.values().stream()
                .filter(handler -> handler.connection.isEmpty())
                .toList();
    }

    /** Always accepts what is allowed, and says that more waits, once. */
    private void accept(Effect.Accept accept) {
        assertThat(accept.atMost()).isPositive();
        Candidate connection = newSocket(SocketKind.SOCKET_KIND_STREAM);
        brokerage.activity().accepted(accept.slot(), connection).ifPresent(slot -> bind(slot, connection.cookie()));
        brokerage.activity().acceptingDone(accept.slot(), Acceptance.BACKLOG_EMPTY);
    }

    /** Answers all questions about conditions. */
    void answer(boolean met) {
        List<Effect.Evaluate> asked = List.copyOf(questions);
        questions.clear();
        asked.forEach(question -> brokerage
                .activity()
                .evaluated(question.task(), question.question(), met, met ? "" : "not now", 500_000_000L));
        runEffects();
    }

    /** epoll reports: disarmed by it (EPOLLONESHOT), and ignored if the generation is not the present one. */
    void report(Slot slot, Readiness readiness) {
        long armed = requireNonNull(armedGenerations.remove(slot));
        brokerage.activity().watchedGeneration(slot).ifPresent(generation -> {
            if (generation == armed) {
                brokerage.activity().ready(slot, readiness);
            }
        });
        runEffects();
    }

    void start(LaunchPlan plan) {
        starting.remove(plan);
        SimulatedHandler handler = SimulatedHandler.of(plan);
        boolean claims = plan.exec().getStyle() == LaunchStyle.LAUNCH_STYLE_CLAIM;
        handler.sockets.forEach(held -> held.usable = !claims && boundCookies.containsValue(held.cookie));
        handlers.put(plan.activationId(), handler);
        brokerage.launched(plan.activationId(), 1_000 + (int) plan.activationId());
        runEffects();
    }

    void failToStart(LaunchPlan plan) {
        starting.remove(plan);
        brokerage.launchFailed(plan.activationId(), "no such program");
        runEffects();
    }

    void exit(long activationId, boolean success) {
        exit(activationId, HandlerEnd.of(success));
    }

    void exit(long activationId, HandlerEnd end) {
        handlers.remove(activationId);
        brokerage.exited(activationId, end, end.name());
        runEffects();
    }
}
