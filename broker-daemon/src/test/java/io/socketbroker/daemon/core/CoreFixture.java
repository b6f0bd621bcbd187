package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TriggerReason;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The rules with a shell that does what a test tells it: one user, ten handlers at most. */
final class CoreFixture {
    static final long SECOND = 1_000_000_000L;
    static final Caller OWNER = new Caller(1_000, 77, false);

    final SimulatedShell shell;
    final Brokerage brokerage;

    CoreFixture(int handlers) {
        this(handlers, 10_000);
    }

    CoreFixture(int handlers, long contextBytes) {
        AtomicLong secrets = new AtomicLong();
        BrokerLimits limits = new BrokerLimits(
                100,
                100,
                10,
                64,
                contextBytes,
                handlers,
                10,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                6,
                Duration.ofSeconds(30),
                3,
                Duration.ofSeconds(5),
                1_000_000,
                1_000_000);
        shell = new SimulatedShell(
                new Brokerage(
                        limits, OWNER.uid(), () -> new Token(7, secrets.incrementAndGet()), new SplittableRandom(1)),
                new SimulatedOptions(new SplittableRandom(2)));
        brokerage = shell.brokerage;
        shell.outcomes = () -> SendOutcome.SENT;
    }

    static ByteString bytes(String text) {
        return ByteString.copyFrom(text, StandardCharsets.US_ASCII);
    }

    static Endpoint peer(String address) {
        return new Endpoint.Inet(InetAddress.ofLiteral(address), 4_242);
    }

    /** A program in style listen-fds; sockets are parked again when it ends. */
    static TaskSpec.Builder rearming() {
        return TaskSpec.newBuilder()
                .setExec(ExecLauncher.newBuilder()
                        .addCommand("/bin/handler")
                        .setStyle(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS))
                .setExitPolicy(ExitPolicy.newBuilder()
                        .setOnSuccess(ExitAction.EXIT_ACTION_REARM)
                        .setOnFailure(ExitAction.EXIT_ACTION_RETRY));
    }

    /** As an inetd program: the broker lets go at launch. */
    static TaskSpec.Builder inetd() {
        return TaskSpec.newBuilder()
                .setExec(
                        ExecLauncher.newBuilder().addCommand("/bin/handler").setStyle(LaunchStyle.LAUNCH_STYLE_SOCKET));
    }

    void register(String name, TaskSpec.Builder spec) {
        brokerage.register(
                OWNER,
                RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName(name))
                        .setSpec(spec)
                        .build());
        shell.runEffects();
    }

    Slot park(SocketKind kind, String task, TransferItem.Builder item) {
        Candidate candidate = shell.newSocket(kind);
        TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                .addItems(item.setTask(task))
                .build();
        Slot slot = brokerage
                .transfer(OWNER, request, List.of(candidate))
                .getFirst()
                .slot();
        shell.runEffects();
        shell.bind(slot, candidate.cookie());
        brokerage.custodyTaken(List.of(slot));
        shell.runEffects();
        return slot;
    }

    Slot park(String task, TransferItem.Builder item) {
        return park(SocketKind.SOCKET_KIND_STREAM, task, item);
    }

    static TransferItem.Builder item(String id) {
        return TransferItem.newBuilder().setSocketId(id);
    }

    Socket socket(String id) {
        return brokerage.socket(OWNER, SocketKey.newBuilder().setSocketId(id).build());
    }

    boolean exists(String id) {
        try {
            socket(id);
            return true;
        } catch (BrokerRefusal _) {
            return false;
        }
    }

    Slot slotOf(String id) {
        long cookie = socket(id).getCookie();
        return shell.boundCookies.entrySet().stream()
                .filter(bound -> bound.getValue() == cookie)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    void unread(Slot slot, String text) {
        shell.report(slot, new Readiness.Data(text.length(), false, bytes(text), Optional.empty()));
    }

    /** A connection from this address waits at a listener. */
    void connect(Slot listener, String address) {
        shell.nextPeer = peer(address);
        shell.report(listener, new Readiness.Connection());
    }

    /** Ids of sockets that handlers are being started for. */
    List<String> starting() {
        return shell.starting.stream()
                .flatMap(plan -> plan.sockets().stream())
                .map(socket -> socket.name().id())
                .toList();
    }

    TriggerReason reason() {
        return shell.starting.getLast().first().trigger().getReason();
    }

    /** The oldest handler runs. */
    long startFirst() {
        LaunchPlan plan = shell.starting.getFirst();
        shell.start(plan);
        return plan.activationId();
    }

    /** The oldest handler runs and ends well. */
    void finishFirst() {
        shell.exit(startFirst(), true);
    }

    List<String> told(EventType type) {
        return shell.happenings.stream()
                .filter(happening -> happening.type() == type)
                .map(Effect.Happening::message)
                .toList();
    }
}
