package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TriggerReason;
import io.socketbroker.v1.UnregisterTaskRequest;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single rules, where the simulation only shows that nothing breaks. */
class BrokerageTest {
    private static final int UID = 1_000;
    private static final Caller OWNER = new Caller(UID, 77, false);
    private static final Caller STRANGER = new Caller(2_000, 78, false);
    private static final Caller ROOT = new Caller(0, 79, true);
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong secrets = new AtomicLong();
    private final SimulatedShell shell = new SimulatedShell(
            new Brokerage(
                    new BrokerLimits(
                            5,
                            4,
                            3,
                            64,
                            200,
                            10,
                            2,
                            Duration.ofSeconds(5),
                            Duration.ofMillis(100),
                            Duration.ofSeconds(10),
                            6,
                            Duration.ofSeconds(30),
                            2,
                            Duration.ofSeconds(5),
                            1_000_000,
                            1_000_000),
                    UID,
                    () -> new Token(7, secrets.incrementAndGet()),
                    new SplittableRandom(1)),
            new SimulatedOptions(new SplittableRandom(2)));
    private final Brokerage brokerage = shell.brokerage;

    @BeforeEach
    void registerTask() {
        register("task", LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, ExitAction.EXIT_ACTION_RETRY, 1);
    }

    private void register(String name, LaunchStyle style, ExitAction onFailure, int maxConcurrency) {
        brokerage.register(
                OWNER,
                RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName(name))
                        .setSpec(TaskSpec.newBuilder()
                                .setExec(ExecLauncher.newBuilder()
                                        .addCommand("/bin/handler")
                                        .setStyle(style))
                                .setExitPolicy(ExitPolicy.newBuilder()
                                        .setOnSuccess(ExitAction.EXIT_ACTION_REARM)
                                        .setOnFailure(onFailure))
                                .setLimits(TaskLimits.newBuilder().setMaxConcurrency(maxConcurrency)))
                        .build());
        shell.runEffects();
    }

    private Candidate park(TransferItem.Builder item) {
        return park(item, shell.newSocket(SocketKind.SOCKET_KIND_STREAM));
    }

    private Candidate park(TransferItem.Builder item, Candidate candidate) {
        Slot slot = brokerage
                .transfer(OWNER, request(item), List.of(candidate))
                .getFirst()
                .slot();
        shell.runEffects();
        shell.bind(slot, candidate.cookie());
        brokerage.custodyTaken(List.of(slot));
        shell.runEffects();
        return candidate;
    }

    private static TransferOwnershipRequest request(TransferItem.Builder... items) {
        TransferOwnershipRequest.Builder request = TransferOwnershipRequest.newBuilder();
        for (TransferItem.Builder item : items) {
            request.addItems(item);
        }
        return request.build();
    }

    private static TransferItem.Builder item(String id) {
        return TransferItem.newBuilder().setSocketId(id).setTask("task");
    }

    private Socket socket(String id) {
        return brokerage.socket(OWNER, key(id));
    }

    private static SocketKey key(String id) {
        return SocketKey.newBuilder().setSocketId(id).build();
    }

    private static void assertRefused(ErrorReason reason, ThrowingCallable call) {
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    private void data(String id) {
        Slot slot = shell.boundCookies.entrySet().stream()
                .filter(bound -> bound.getValue() == socket(id).getCookie())
                .findFirst()
                .orElseThrow()
                .getKey();
        shell.report(slot, new Readiness.Data(3, false));
    }

    @Test
    void shouldLaunchOnceForEachOwnershipPeriod() {
        park(item("a"));
        data("a");
        assertThat(shell.starting).hasSize(1);
        assertThat(shell.armedGenerations).isEmpty();
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_LEASED);
    }

    @Test
    void shouldQueueOverMaxConcurrencyInOrder() {
        park(item("a"));
        park(item("b"));
        park(item("c"));
        data("b");
        data("c");
        data("a");
        assertThat(shell.starting).extracting(plan -> plan.first().name().id()).containsExactly("b");
        LaunchPlan first = shell.starting.getFirst();
        shell.start(first);
        shell.exit(first.activationId(), true);
        assertThat(shell.starting).extracting(plan -> plan.first().name().id()).containsExactly("c");
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_QUEUED);
    }

    @Test
    void shouldRetryAFailedHandlerLaterAndTellTheAttempt() {
        park(item("a"));
        data("a");
        for (int attempt = 1; attempt <= 4; attempt++) {
            LaunchPlan plan = shell.starting.getFirst();
            assertThat(plan.first().trigger().getAttempt()).isEqualTo(attempt);
            assertThat(plan.first().trigger().getReason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
            shell.start(plan);
            shell.exit(plan.activationId(), false);
            assertThat(shell.starting).as("not at once").isEmpty();
            shell.advance(SECOND);
        }
    }

    @Test
    void shouldForgetFailuresOnceAHandlerSucceeds() {
        park(item("a"));
        data("a");
        LaunchPlan failing = shell.starting.getFirst();
        shell.start(failing);
        shell.exit(failing.activationId(), false);
        shell.advance(SECOND);
        LaunchPlan working = shell.starting.getFirst();
        shell.start(working);
        shell.exit(working.activationId(), true);
        assertThat(socket("a").getFailedAttempts()).isZero();
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
    }

    @Test
    void shouldRunNoHandlerAgainForAStatusThatNobodyKnows() {
        park(item("a"));
        data("a");
        LaunchPlan plan = shell.starting.getFirst();
        shell.start(plan);
        shell.exit(plan.activationId(), HandlerEnd.UNKNOWN);
        shell.advance(SECOND);
        assertThat(shell.starting).isEmpty();
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
    }

    @Test
    void shouldWakeWhenTheKeepAliveExpiresAndRestartItOnReturn() {
        park(item("a").setKeepAlive(KeepAlive.newBuilder().setInterval(Durations.fromSeconds(2))));
        shell.advance(SECOND);
        assertThat(shell.starting).isEmpty();
        shell.advance(SECOND);
        LaunchPlan plan = shell.starting.getFirst();
        assertThat(plan.first().trigger().getReason()).isEqualTo(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED);
        shell.start(plan);
        shell.advance(10 * SECOND);
        assertThat(shell.starting).as("no second wake while leased").isEmpty();
        shell.exit(plan.activationId(), true);
        shell.advance(2 * SECOND);
        assertThat(shell.starting).hasSize(1);
    }

    @Test
    void shouldKeepFormerContextAndKeepAliveOfAReclaimedSocket() {
        KeepAlive keepAlive =
                KeepAlive.newBuilder().setInterval(Durations.fromSeconds(9)).build();
        Candidate kernelSocket =
                park(item("a").setContext(ByteString.copyFromUtf8("mine")).setKeepAlive(keepAlive));
        reclaim("a");
        park(item("a"), kernelSocket);
        assertThat(socket("a").getContext().toStringUtf8()).isEqualTo("mine");
        assertThat(socket("a").getKeepAlive()).isEqualTo(keepAlive);
        reclaim("a");
        park(item("a").setContext(ByteString.EMPTY), kernelSocket);
        assertThat(socket("a").getContext()).as("an empty context is a new one").isEmpty();
    }

    private void reclaim(String id) {
        var ticket = brokerage.reclaim(
                OWNER, ReclaimRequest.newBuilder().addKeys(key(id)).build());
        var outgoing = brokerage.claim(OWNER, Token.named(ticket.getToken()), 1);
        brokerage.acknowledge(outgoing.deliveryId(), 1);
        shell.runEffects();
    }

    @Test
    void shouldParkAgainWhatWasNotAcknowledgedInTime() {
        park(item("a"));
        var ticket = brokerage.reclaim(
                OWNER, ReclaimRequest.newBuilder().addKeys(key("a")).build());
        var outgoing = brokerage.claim(OWNER, Token.named(ticket.getToken()), 1);
        shell.advance(6 * SECOND);
        assertRefused(ErrorReason.ERROR_REASON_CLAIM_EXPIRED, () -> brokerage.acknowledge(outgoing.deliveryId(), 1));
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(shell.armedGenerations).hasSize(1);
    }

    @Test
    void shouldRefuseAnAcknowledgementFromAnotherConnection() {
        park(item("a"));
        var ticket = brokerage.reclaim(
                OWNER, ReclaimRequest.newBuilder().addKeys(key("a")).build());
        var outgoing = brokerage.claim(OWNER, Token.named(ticket.getToken()), 1);
        assertRefused(ErrorReason.ERROR_REASON_CLAIM_EXPIRED, () -> brokerage.acknowledge(outgoing.deliveryId(), 2));
    }

    @Test
    void shouldRefuseATokenOfAnotherUser() {
        park(item("a"));
        var ticket = brokerage.reclaim(
                OWNER, ReclaimRequest.newBuilder().addKeys(key("a")).build());
        assertRefused(
                ErrorReason.ERROR_REASON_TOKEN_UNKNOWN,
                () -> brokerage.claim(STRANGER, Token.named(ticket.getToken()), 1));
    }

    @Test
    void shouldLetNobodyButItsOwnerAndRootSeeASocket() {
        park(item("a"));
        SocketKey ownersKey = socket("a").getKey();
        assertRefused(ErrorReason.ERROR_REASON_FOREIGN_UID, () -> brokerage.socket(STRANGER, ownersKey));
        assertRefused(ErrorReason.ERROR_REASON_SOCKET_UNKNOWN, () -> brokerage.socket(STRANGER, key("a")));
        assertThat(brokerage.socket(ROOT, ownersKey).getCookie())
                .isEqualTo(socket("a").getCookie());
    }

    @Test
    void shouldRefuseALimitAndSayWhoUsesIt() {
        for (String id : List.of("a", "b", "c", "d")) {
            park(item(id));
        }
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> brokerage.transfer(
                        OWNER, request(item("e")), List.of(shell.newSocket(SocketKind.SOCKET_KIND_STREAM))))
                .satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_LIMIT_REACHED);
                    assertThat(refusal.details())
                            .containsEntry("limit", "sockets-per-uid")
                            .containsEntry("value", "4")
                            .containsEntry("holder", "uid 1000");
                });
        assertThat(brokerage.takeEffects()).isEmpty();
    }

    @Test
    void shouldRefuseAWholeBatchWithAReasonForEachItem() {
        park(item("taken"));
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> brokerage.transfer(
                        OWNER,
                        request(
                                item("new"),
                                item("taken"),
                                item("bad id"),
                                item("x").setTask("nobody")),
                        List.of(
                                shell.newSocket(SocketKind.SOCKET_KIND_STREAM),
                                shell.newSocket(SocketKind.SOCKET_KIND_STREAM),
                                shell.newSocket(SocketKind.SOCKET_KIND_STREAM),
                                shell.newSocket(SocketKind.SOCKET_KIND_STREAM))))
                .satisfies(refusal -> assertThat(refusal.items())
                        .extracting(error -> error.getIndex() + " " + error.getReason() + " " + error.getField())
                        .containsExactly(
                                "1 ERROR_REASON_SOCKET_ID_IN_USE items[1].socket_id",
                                "2 ERROR_REASON_INVALID_FIELD items[2].socket_id",
                                "3 ERROR_REASON_TASK_UNKNOWN items[3].task"));
        assertRefused(ErrorReason.ERROR_REASON_SOCKET_UNKNOWN, () -> socket("new"));
    }

    @Test
    void shouldWatchOrphansAgainWhenTheirTaskComesBack() {
        park(item("a"));
        UnregisterTaskRequest.Builder unregister =
                UnregisterTaskRequest.newBuilder().setKey(TaskKey.newBuilder().setName("task"));
        assertRefused(ErrorReason.ERROR_REASON_TASK_IN_USE, () -> brokerage.unregister(OWNER, unregister.build()));
        brokerage.unregister(
                OWNER,
                unregister
                        .setSockets(io.socketbroker.v1.SocketDisposition.SOCKET_DISPOSITION_ORPHAN)
                        .build());
        shell.runEffects();
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_ORPHANED);
        assertThat(shell.armedGenerations).isEmpty();
        registerTask();
        assertThat(socket("a").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(shell.armedGenerations).hasSize(1);
    }

    @Test
    void shouldCloseASocketThatIsGivenBackAfterItsEndWasDelivered() {
        register("task", LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, ExitAction.EXIT_ACTION_CLOSE, 1);
        Candidate kernelSocket = park(item("a"));
        shell.report(
                shell.armedGenerations.keySet().iterator().next(),
                new Readiness.Ended(io.socketbroker.v1.CloseCause.CLOSE_CAUSE_FIN, 0));
        LaunchPlan plan = shell.starting.getFirst();
        assertThat(plan.first().trigger().getReason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED);
        shell.start(plan);
        shell.exit(plan.activationId(), true);
        assertThat(shell.closedCookies).contains(kernelSocket.cookie());
    }

    @Test
    void shouldRefuseToRunProgramsForOtherUsers() {
        assertRefused(
                ErrorReason.ERROR_REASON_EXEC_FOREIGN_UID,
                () -> brokerage.register(
                        STRANGER,
                        RegisterTaskRequest.newBuilder()
                                .setKey(TaskKey.newBuilder().setName("theirs"))
                                .setSpec(TaskSpec.newBuilder()
                                        .setExec(ExecLauncher.newBuilder().addCommand("/bin/cat")))
                                .build()));
    }

    @Test
    void shouldKeepAnAppNameForItsFirstUser() {
        brokerage.register(
                OWNER,
                RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setApp("chat").setName("t"))
                        .setSpec(TaskSpec.newBuilder()
                                .setExec(ExecLauncher.newBuilder().addCommand("/bin/cat")))
                        .build());
        TransferOwnershipRequest theirs =
                request(item("a")).toBuilder().setApp("chat").build();
        assertRefused(
                ErrorReason.ERROR_REASON_APP_OF_ANOTHER_USER,
                () -> brokerage.transfer(STRANGER, theirs, List.of(shell.newSocket(SocketKind.SOCKET_KIND_STREAM))));
    }
}
