package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** One random schedule of everything that can happen to a broker, checked after each step. */
final class SimulatedSchedule {
    private static final int UID = 1_000;
    private static final int STEPS = 250;
    private static final Caller OWNER = new Caller(UID, 77, false);
    private static final int SOCKET_LIMIT = 24;
    private static final int HANDLER_LIMIT = 3;
    private static final int TASKS = 4;

    private final SplittableRandom random;
    private final SimulatedOptions options;
    private final Supplier<Brokerage> newBroker;
    private SimulatedShell shell;
    private Brokerage brokerage;
    private SimulatedSessions sessions;
    private int resumptions;
    private SimulatedTasks tasks;
    private Invariants invariants;
    private int crashes;

    /** Sockets that an application may use: taken back, or refused, by name. */
    private final Map<String, Candidate> withApplication = new HashMap<>();

    private final List<io.socketbroker.v1.ReclaimResponse> tickets = new ArrayList<>();
    private final Map<Long, Delivered> deliveries = new HashMap<>();
    private long lastConnection;

    private record Delivered(long connection, Brokerage.Outgoing outgoing) {}

    SimulatedSchedule(long seed) {
        random = new SplittableRandom(seed);
        AtomicLong secrets = new AtomicLong();
        BrokerLimits limits = SimulatedOptions.limits(SOCKET_LIMIT, HANDLER_LIMIT);
        options = new SimulatedOptions(random);
        newBroker = () -> new Brokerage(
                limits, UID, () -> new Token(7, secrets.incrementAndGet()), new SplittableRandom(seed + 1));
        brokerage = newBroker.get();
        shell = new SimulatedShell(brokerage, options);
        tasks = new SimulatedTasks(brokerage, random, OWNER, TASKS);
        invariants = new Invariants(shell, SOCKET_LIMIT, HANDLER_LIMIT);
        sessions = new SimulatedSessions(brokerage, shell, random, OWNER);
    }

    /** kill -9 of the broker; a new one takes over what custody, journal and running handlers have. */
    private void crash() {
        crashes++;
        resumptions += sessions.resumptions();
        brokerage = newBroker.get();
        shell = shell.recovered(brokerage, random);
        tasks = new SimulatedTasks(brokerage, random, OWNER, TASKS);
        invariants = new Invariants(shell, SOCKET_LIMIT, HANDLER_LIMIT);
        sessions = new SimulatedSessions(brokerage, shell, random, OWNER);
        deliveries.clear();
        tickets.clear();
    }

    /** Random steps, then rest. Throws AssertionError at the first thing that must not be. */
    void run() {
        for (int task = 0; task < TASKS; task++) {
            tasks.register(task);
        }
        for (int step = 0; step < STEPS; step++) {
            step();
            invariants.check(sockets(), withApplication.values());
        }
        settle();
    }

    List<Effect.Happening> happenings() {
        return shell.happenings;
    }

    int resumptions() {
        return resumptions + sessions.resumptions();
    }

    int crashes() {
        return crashes;
    }

    long deliveries() {
        return shell.deliveries;
    }

    private void step() {
        if (random.nextInt(200) == 0) {
            crash();
            return;
        }
        switch (random.nextInt(22)) {
            case 0, 1 -> transfer();
            case 2, 3, 4 -> somethingHappens();
            case 5, 6 -> startOrFail();
            case 7, 8 -> exit();
            case 9 -> complete();
            case 10 -> reclaim();
            case 11 -> claim();
            case 12 -> acknowledge();
            case 13 -> closeOrDisconnect();
            case 14 -> sessions.attachOrEnd("task-" + random.nextInt(TASKS));
            case 15, 16 -> sessions.acknowledgeOrStall();
            case 17 -> sessions.addCreditOrDrain();
            case 18 -> shell.advance(jump());
            case 19 -> shell.answer(random.nextBoolean());
            case 20 -> brokerage.activity().networkChanged();
            default -> tasks.change();
        }
        shell.runEffects();
    }

    /** A moment, and now and then a suspend of the host: CLOCK_BOOTTIME goes on through it. */
    private long jump() {
        return random.nextInt(20) == 0 ? 3_600_000_000_000L : random.nextLong(4_000_000_000L);
    }

    private void transfer() {
        List<String> returning = new ArrayList<>(withApplication.keySet());
        boolean comesBack = !returning.isEmpty() && random.nextBoolean();
        String id = comesBack ? pick(returning) : "socket-" + random.nextInt(12);
        SocketKind kind = random.nextInt(5) == 0 ? SocketKind.SOCKET_KIND_LISTENER : SocketKind.SOCKET_KIND_STREAM;
        Candidate candidate = comesBack ? requireNonNull(withApplication.get(id)) : shell.newSocket(kind);
        TransferItem.Builder item = TransferItem.newBuilder()
                .setSocketId(id)
                .setTask("task-" + random.nextInt(TASKS))
                .setReplace(random.nextInt(4) == 0);
        if (candidate.kind() == SocketKind.SOCKET_KIND_LISTENER) {
            item.setOptions(options.ofListener());
        } else {
            item.setOptions(options.ofConnection()).setKeepAlive(options.keepAlive());
        }
        List<Brokerage.Adopted> adopted;
        try {
            adopted = brokerage.transfer(
                    OWNER, TransferOwnershipRequest.newBuilder().addItems(item).build(), List.of(candidate));
        } catch (BrokerRefusal refusal) {
            assertThat(brokerage.takeEffects()).as("a refusal changes nothing").isEmpty();
            return;
        }
        shell.runEffects();
        Slot slot = adopted.getFirst().slot();
        if (!adopted.getFirst().keepsFormerDescriptor()) {
            shell.bind(slot, candidate.cookie());
        }
        withApplication.remove(id);
        if (random.nextInt(10) == 0) {
            brokerage.transferAbandoned(List.of(slot));
            withApplication.put(id, candidate);
        } else {
            brokerage.custodyTaken(List.of(slot));
        }
    }

    private void somethingHappens() {
        if (shell.armedGenerations.isEmpty()) {
            return;
        }
        Slot slot = pick(new ArrayList<>(shell.armedGenerations.keySet()));
        shell.report(
                slot, options.readiness(brokerage.activity().candidate(slot).kind()));
    }

    private void startOrFail() {
        if (!shell.starting.isEmpty()) {
            LaunchPlan plan = pick(shell.starting);
            if (random.nextInt(5) == 0) {
                shell.failToStart(plan);
            } else {
                shell.start(plan);
            }
        }
    }

    private void exit() {
        if (!shell.running().isEmpty()) {
            long activation = pick(shell.running()).activationId;
            shell.exit(activation, pick(List.of(HandlerEnd.values())));
            // What it did not acknowledge goes with its connection.
            disconnectIf(
                    delivered -> delivered.outgoing.delivery().getActivation().getActivationId() == activation);
        }
    }

    private void complete() {
        if (shell.handlers.isEmpty()) {
            return;
        }
        SimulatedHandler handler = pick(new ArrayList<>(shell.handlers.values()));
        SimulatedHandler.Held held = pick(handler.sockets);
        LeaseOutcome[] outcomes = {
            LeaseOutcome.LEASE_OUTCOME_RETURNED, LeaseOutcome.LEASE_OUTCOME_CLOSED, LeaseOutcome.LEASE_OUTCOME_TAKEN
        };
        boolean stale = random.nextInt(4) == 0;
        LeaseOutcome outcome = outcomes[random.nextInt(outcomes.length)];
        CompleteRequest request = CompleteRequest.newBuilder()
                .setToken(handler.token)
                .addCompletions(LeaseCompletion.newBuilder()
                        .setKey(SocketKey.newBuilder().setSocketId(held.name.id()))
                        .setGeneration(held.generation + (stale ? 1 : 0))
                        .setOutcome(outcome))
                .build();
        boolean taken;
        try {
            taken = brokerage.complete(OWNER, request).isEmpty();
        } catch (BrokerRefusal _) {
            // Every lease of this delivery has ended, and the token with them.
            taken = false;
        }
        assertThat(stale && taken).as("a stale generation was accepted").isFalse();
        if (taken) {
            assertThat(held.usable).as("completed what it did not have").isTrue();
            held.usable = outcome == LeaseOutcome.LEASE_OUTCOME_TAKEN;
        }
    }

    private void reclaim() {
        List<Socket> sockets = sockets();
        if (sockets.isEmpty()) {
            return;
        }
        Socket socket = pick(sockets);
        try {
            tickets.add(brokerage.reclaim(
                    OWNER, ReclaimRequest.newBuilder().addKeys(socket.getKey()).build()));
        } catch (BrokerRefusal refusal) {
            assertThat(socket.getState()).isIn(SocketState.SOCKET_STATE_LEASED, SocketState.SOCKET_STATE_RELEASING);
            assertThat(brokerage.takeEffects()).isEmpty();
        }
    }

    private void claim() {
        Token token;
        if (!tickets.isEmpty() && random.nextBoolean()) {
            token = Token.named(pick(tickets).getToken());
        } else if (!shell.running().isEmpty()) {
            token = Token.named(pick(shell.running()).token);
        } else {
            return;
        }
        try {
            Brokerage.Outgoing outgoing = brokerage.claim(OWNER, token, ++lastConnection);
            if (outgoing.deliveryId() != 0) {
                outgoing.slots().forEach(slot -> assertThat(shell.boundCookies).containsKey(slot));
                deliveries.put(outgoing.deliveryId(), new Delivered(lastConnection, outgoing));
            }
        } catch (BrokerRefusal _) {
            // Used, expired, or its socket was closed.
        }
    }

    private void acknowledge() {
        if (deliveries.isEmpty()) {
            return;
        }
        long id = pick(new ArrayList<>(deliveries.keySet()));
        Delivered delivered = requireNonNull(deliveries.remove(id));
        io.socketbroker.v1.Activation activation = delivered.outgoing.delivery().getActivation();
        Slot slot = delivered.outgoing.slots().getFirst();
        SocketKey key = activation.getSockets(0).getSocket().getKey();
        try {
            Optional<Candidate> candidate = shell.boundCookies.containsKey(slot)
                    ? Optional.of(brokerage.activity().candidate(slot))
                    : Optional.empty();
            brokerage.acknowledge(id, delivered.connection);
            shell.runEffects();
            SimulatedHandler handler = shell.handlers.get(activation.getActivationId());
            if (handler != null) {
                handler.sockets.forEach(held -> held.usable = !shell.closedCookies.contains(held.cookie));
            } else {
                candidate
                        .filter(taken -> !shell.boundCookies.containsValue(taken.cookie()))
                        .filter(taken -> !shell.closedCookies.contains(taken.cookie()))
                        .ifPresent(taken -> withApplication.put(key.getSocketId(), taken));
            }
        } catch (BrokerRefusal _) {
            // Too late: the broker has it.
        }
    }

    private void closeOrDisconnect() {
        if (random.nextBoolean()) {
            disconnectIf(_ -> random.nextBoolean());
            return;
        }
        List<Socket> sockets = sockets();
        if (!sockets.isEmpty()) {
            brokerage.close(
                    OWNER,
                    CloseSocketRequest.newBuilder()
                            .setKey(pick(sockets).getKey())
                            .build());
        }
    }

    private void disconnectIf(Predicate<Delivered> chosen) {
        deliveries.values().removeIf(delivered -> {
            if (chosen.test(delivered)) {
                brokerage.disconnected(delivered.connection);
                return true;
            }
            return false;
        });
        shell.runEffects();
    }

    private List<Socket> sockets() {
        return brokerage.sockets(OWNER, ListSocketsRequest.getDefaultInstance()).getSocketsList();
    }

    /** When every handler works and time goes by, everything comes to rest: parked and armed, or gone. */
    private void settle() {
        for (int task = 0; task < TASKS; task++) {
            tasks.register(task);
        }
        disconnectIf(_ -> true);
        sessions.endAll();
        for (int round = 0; round < 200; round++) {
            List.copyOf(shell.starting).forEach(shell::start);
            List.copyOf(shell.running()).forEach(handler -> {
                claimAndAcknowledge(handler);
                shell.exit(handler.activationId, true);
            });
            shell.answer(true);
            shell.advance(200_000_000L);
        }
        for (Socket socket : sockets()) {
            if (socket.hasKeepAlive() || hasRetryPolicy(socket) || mayWaitForOthers(socket)) {
                continue;
            }
            assertThat(socket.getState()).as("at rest: %s", socket).isEqualTo(SocketState.SOCKET_STATE_PARKED);
            String why = brokerage.explain(OWNER, socket.getKey()).words();
            if (!why.contains("max_connections = ")) {
                assertThat(shell.armedGenerations).as("armed: %s", why).containsValue(socket.getGeneration());
            }
        }
        invariants.check(sockets(), withApplication.values());
    }

    /** For as long as another connection of its source is parked. */
    private boolean mayWaitForOthers(Socket socket) {
        return !socket.getListenerId().isEmpty() && socket.getState() == SocketState.SOCKET_STATE_QUEUED;
    }

    /** RETRY on success and keep-alives go on for ever, by design. */
    private boolean hasRetryPolicy(Socket socket) {
        return brokerage
                        .task(
                                OWNER,
                                TaskKey.newBuilder().setName(socket.getTask()).build())
                        .getSpec()
                        .getExitPolicy()
                        .getOnSuccess()
                == ExitAction.EXIT_ACTION_RETRY;
    }

    private void claimAndAcknowledge(SimulatedHandler handler) {
        try {
            Brokerage.Outgoing outgoing = brokerage.claim(OWNER, Token.named(handler.token), ++lastConnection);
            if (outgoing.deliveryId() != 0) {
                brokerage.acknowledge(outgoing.deliveryId(), lastConnection);
            }
            shell.runEffects();
        } catch (BrokerRefusal _) {
            // It had claimed before.
        }
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
