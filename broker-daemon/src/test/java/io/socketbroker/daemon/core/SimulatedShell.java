package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    final List<Effect.Happening> happenings = new ArrayList<>();
    long nowNanos;
    private long lastCookie;

    /** Deliveries to sessions that were sent and not acknowledged, by delivery id. */
    final Map<Long, Pushed> pushed = new LinkedHashMap<>();

    /** Whether sessions read what is sent to them. */
    boolean sessionsRead = true;

    long deliveries;
    final List<Effect> sessionEffects = new ArrayList<>();

    /** A delivery on its way to a session. */
    record Pushed(long connection, Brokerage.Outgoing outgoing) {}

    SimulatedShell(Brokerage brokerage) {
        this.brokerage = brokerage;
        advance(0);
    }

    Candidate newSocket(SocketKind kind) {
        return new Candidate(kind, "tcp", ++lastCookie, Optional.empty(), Optional.empty(), false);
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

    void runEffects() {
        List<Effect> effects = brokerage.takeEffects();
        while (!effects.isEmpty()) {
            effects.forEach(this::run);
            effects = brokerage.takeEffects();
        }
    }

    private void run(Effect effect) {
        switch (effect) {
            case Effect.Watch watch -> {
                assertThat(boundCookies).as("watched").containsKey(watch.slot());
                armedGenerations.put(watch.slot(), watch.generation());
            }
            case Effect.Unwatch unwatch -> {
                assertThat(boundCookies).as("EPOLL_CTL_DEL before close").containsKey(unwatch.slot());
                armedGenerations.remove(unwatch.slot());
            }
            case Effect.Close close -> {
                assertThat(armedGenerations).as("closed while armed").doesNotContainKey(close.slot());
                assertThat(boundCookies).as("closed twice").containsKey(close.slot());
                long cookie = requireNonNull(boundCookies.remove(close.slot()));
                if (close.shutdown()) {
                    closedCookies.add(cookie);
                }
            }
            case Effect.Accept accept -> accept(accept);
            case Effect.Launch launch -> {
                launch.plan()
                        .sockets()
                        .forEach(socket -> assertThat(boundCookies)
                                .as("launched with")
                                .containsEntry(socket.slot(), socket.candidate().cookie()));
                starting.add(launch.plan());
            }
            case Effect.Deliver deliver -> deliver(deliver);
            case Effect.Revoke _, Effect.SessionChanged _, Effect.Signal _ -> sessionEffects.add(effect);
            case Effect.Disconnect disconnect -> brokerage.disconnected(disconnect.connection());
            case Effect.Journal _ -> {}
            case Effect.Emit emit -> happenings.add(emit.happening());
        }
    }

    private void deliver(Effect.Deliver deliver) {
        assertThat(deliver.outgoing().slots()).hasSizeBetween(1, Dispatcher.MOST_IN_ONE_MESSAGE);
        assertThat(boundCookies.keySet()).containsAll(deliver.outgoing().slots());
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
        bind(brokerage.accepted(accept.slot(), connection), connection.cookie());
        brokerage.acceptingDone(accept.slot(), Acceptance.BACKLOG_EMPTY);
    }

    /** epoll reports: disarmed by it (EPOLLONESHOT), and ignored if the generation is not the present one. */
    void report(Slot slot, Readiness readiness) {
        long armed = requireNonNull(armedGenerations.remove(slot));
        brokerage.watchedGeneration(slot).ifPresent(generation -> {
            if (generation == armed) {
                brokerage.ready(slot, readiness);
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
        handlers.remove(activationId);
        brokerage.exited(activationId, success, success ? "exit 0" : "exit 1");
        runEffects();
    }
}
