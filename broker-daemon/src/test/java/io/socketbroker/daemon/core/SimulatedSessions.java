package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.TaskKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Programs that attach, read or stall, acknowledge or forget, and go away at any time. */
final class SimulatedSessions {
    /** Connections of sessions are numbered from here, apart from those of claims. */
    private static final long FIRST_CONNECTION = 1_000_000;

    private final Brokerage brokerage;
    private final SimulatedShell shell;
    private final SplittableRandom random;
    private final Caller caller;
    private final Map<SessionName, Long> connections = new LinkedHashMap<>();
    private long last;
    private int resumptions;

    SimulatedSessions(Brokerage brokerage, SimulatedShell shell, SplittableRandom random, Caller caller) {
        this.brokerage = brokerage;
        this.shell = shell;
        this.random = random;
        this.caller = caller;
    }

    void attachOrEnd(String task) {
        if (connections.size() < 2 && random.nextBoolean()) {
            attach(task);
        } else if (!connections.isEmpty()) {
            end(pick(new ArrayList<>(connections.keySet())));
        }
    }

    private void attach(String task) {
        last++;
        ByteString id = new Token(9, last).bytes();
        long connection = FIRST_CONNECTION + last;
        AttachStart start = AttachStart.newBuilder()
                .setTask(TaskKey.newBuilder().setName(task))
                .setSessionId(id)
                .setCredit(1 + random.nextInt(4))
                .addAllHeld(held())
                .build();
        boolean helloFirst = random.nextBoolean();
        try {
            if (helloFirst) {
                brokerage.sessions().hello(caller, id, connection);
            }
            SessionName session = brokerage.attach(caller, start);
            connections.put(session, connection);
            // Now and then its connection never comes.
            if (!helloFirst && random.nextInt(5) > 0) {
                brokerage.sessions().hello(caller, id, connection);
            }
        } catch (BrokerRefusal _) {
            // Its task is not registered now.
            brokerage.disconnected(connection);
        }
        shell.runEffects();
        resume(id, connection);
    }

    /** Now and then one is forgotten: nobody works on it any more. */
    private List<HeldLease> held() {
        return shell.withFormerSessions.stream()
                .flatMap(handler -> handler.sockets.stream()
                        .filter(held -> held.usable && random.nextInt(5) > 0)
                        .map(held -> HeldLease.newBuilder()
                                .setToken(handler.token)
                                .setKey(Views.key(held.name))
                                .setGeneration(held.generation)
                                .build()))
                .toList();
    }

    private void resume(ByteString id, long connection) {
        List<HeldLease> resumed = shell.sessionEffects.stream()
                .filter(effect -> effect instanceof Effect.SessionStarted started
                        && started.session().id().equals(id))
                .flatMap(effect -> ((Effect.SessionStarted) effect).resumed().stream())
                .toList();
        for (SimulatedHandler former : List.copyOf(shell.withFormerSessions)) {
            SimulatedHandler goesOn = former.with(connection);
            goesOn.sockets.removeIf(held -> resumed.stream()
                    .noneMatch(one ->
                            one.getToken().equals(former.token) && one.getKey().equals(Views.key(held.name))));
            if (!goesOn.sockets.isEmpty()) {
                resumptions++;
                shell.handlers.put(goesOn.activationId, goesOn);
                shell.withFormerSessions.remove(former);
            }
        }
    }

    private void end(SessionName session) {
        long connection = requireNonNull(connections.remove(session));
        if (random.nextBoolean()) {
            brokerage.sessions().detach(session);
        } else {
            brokerage.disconnected(connection);
        }
        forget(connection);
        shell.runEffects();
    }

    /** What it had is not its own any more. */
    private void forget(long connection) {
        shell.handlers
                .values()
                .removeIf(handler ->
                        handler.connection.filter(own -> own == connection).isPresent());
        shell.pushed.values().removeIf(pushed -> pushed.connection() == connection);
    }

    void acknowledgeOrStall() {
        shell.sessionsRead = random.nextInt(4) > 0;
        if (shell.pushed.isEmpty()) {
            return;
        }
        long delivery = pick(new ArrayList<>(shell.pushed.keySet()));
        SimulatedShell.Pushed pushed = shell.pushed.get(delivery);
        shell.pushed.remove(delivery);
        if (pushed != null) {
            acknowledge(delivery, pushed);
        }
    }

    private void acknowledge(long delivery, SimulatedShell.Pushed pushed) {
        try {
            brokerage.acknowledge(delivery, pushed.connection());
        } catch (BrokerRefusal _) {
            // Too late, or a session that has ended: the sockets are the broker's.
            return;
        }
        SimulatedHandler handler = SimulatedHandler.of(pushed.connection(), pushed.outgoing());
        handler.sockets.forEach(held -> held.usable = !shell.closedCookies.contains(held.cookie));
        shell.handlers.put(handler.activationId, handler);
        shell.runEffects();
    }

    void addCreditOrDrain() {
        if (connections.isEmpty()) {
            return;
        }
        SessionName session = pick(new ArrayList<>(connections.keySet()));
        if (random.nextInt(8) == 0) {
            brokerage.sessions().drain(session);
        } else {
            brokerage.sessions().addCredit(session, 1 + random.nextInt(3));
        }
        shell.runEffects();
    }

    int resumptions() {
        return resumptions;
    }

    void endAll() {
        List.copyOf(connections.keySet()).forEach(this::end);
        shell.sessionsRead = true;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
