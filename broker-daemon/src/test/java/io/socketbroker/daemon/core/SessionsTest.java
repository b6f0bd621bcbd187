package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Attached programs, coalesced wakes, the wall-clock limit and quarantine. */
class SessionsTest {
    private static final int UID = 1_000;
    private static final Caller OWNER = new Caller(UID, 77, false);
    private static final long SECOND = 1_000_000_000L;
    private static final TaskSpec.Builder NO_LAUNCHER = TaskSpec.newBuilder();

    private final AtomicLong secrets = new AtomicLong();
    private final SimulatedShell shell = new SimulatedShell(
            new Brokerage(
                    new BrokerLimits(
                            2_000,
                            2_000,
                            3,
                            64 * 1024,
                            1 << 30,
                            10,
                            2,
                            Duration.ofSeconds(5),
                            Duration.ofMillis(100),
                            Duration.ofSeconds(10),
                            3,
                            Duration.ofMinutes(10),
                            2,
                            Duration.ofSeconds(5),
                            1_000_000,
                            1_000_000),
                    UID,
                    () -> new Token(7, secrets.incrementAndGet()),
                    new SplittableRandom(1)),
            new SimulatedOptions(new SplittableRandom(2)));
    private final Brokerage brokerage = shell.brokerage;

    private void register(TaskSpec.Builder spec) {
        brokerage.register(
                OWNER,
                RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName("task"))
                        .setSpec(spec)
                        .build());
        shell.runEffects();
    }

    private static TaskSpec.Builder launcher(LaunchStyle style) {
        return TaskSpec.newBuilder()
                .setExec(ExecLauncher.newBuilder().addCommand("/bin/handler").setStyle(style));
    }

    private void park(int count, ByteString context) {
        for (int i = 0; i < count; i++) {
            Candidate candidate = shell.newSocket(SocketKind.SOCKET_KIND_STREAM);
            Slot slot = brokerage
                    .transfer(
                            OWNER,
                            TransferOwnershipRequest.newBuilder()
                                    .addItems(TransferItem.newBuilder()
                                            .setSocketId("s" + i)
                                            .setTask("task")
                                            .setContext(context))
                                    .build(),
                            List.of(candidate))
                    .getFirst()
                    .slot();
            shell.bind(slot, candidate.cookie());
            brokerage.custodyTaken(List.of(slot));
        }
        shell.runEffects();
    }

    /** All in one turn of the conductor. */
    private void allBecomeReadable() {
        for (Slot slot : List.copyOf(shell.armedGenerations.keySet())) {
            shell.armedGenerations.remove(slot);
            brokerage.activity().ready(slot, new Readiness.Data(1, false));
        }
        shell.runEffects();
    }

    private static ByteString id(int number) {
        return new Token(1, number).bytes();
    }

    private SessionName attach(int number, int credit) {
        brokerage.sessions().hello(OWNER, id(number), number);
        SessionName session = brokerage.attach(
                OWNER,
                AttachStart.newBuilder()
                        .setTask(TaskKey.newBuilder().setName("task"))
                        .setSessionId(id(number))
                        .setCredit(credit)
                        .build());
        shell.runEffects();
        return session;
    }

    private List<SimulatedShell.Pushed> takePushed() {
        List<SimulatedShell.Pushed> pushed = new ArrayList<>(shell.pushed.values());
        shell.pushed.clear();
        return pushed;
    }

    private void acknowledge(SimulatedShell.Pushed pushed) {
        brokerage.acknowledge(pushed.outgoing().deliveryId(), pushed.connection());
        shell.runEffects();
    }

    private void giveBack(SimulatedShell.Pushed pushed) {
        Delivery delivery = pushed.outgoing().delivery();
        CompleteRequest.Builder request = CompleteRequest.newBuilder().setToken(delivery.getToken());
        delivery.getActivation()
                .getSocketsList()
                .forEach(activated -> request.addCompletions(LeaseCompletion.newBuilder()
                        .setKey(activated.getSocket().getKey())
                        .setGeneration(activated.getSocket().getGeneration())
                        .setOutcome(LeaseOutcome.LEASE_OUTCOME_RETURNED)));
        assertThat(brokerage.complete(OWNER, request.build())).isEmpty();
        shell.runEffects();
    }

    private Socket socket(String id) {
        return brokerage.socket(OWNER, SocketKey.newBuilder().setSocketId(id).build());
    }

    private static void assertRefused(ErrorReason reason, ThrowingCallable call) {
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void shouldPreferASessionToALaunch() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_SOCKET));
        attach(1, 1);
        park(2, ByteString.EMPTY);
        allBecomeReadable();
        assertThat(shell.pushed).hasSize(1);
        assertThat(shell.starting)
                .as("the session has no credit for the second")
                .hasSize(1);
    }

    @Test
    void shouldSendBurstsWithinCreditAndMessageSize() {
        register(NO_LAUNCHER);
        SessionName session = attach(1, 600);
        park(1_000, ByteString.EMPTY);
        allBecomeReadable();
        List<SimulatedShell.Pushed> pushed = takePushed();
        assertThat(pushed).extracting(p -> p.outgoing().slots().size()).containsExactly(253, 253, 94);
        pushed.forEach(this::acknowledge);
        brokerage.sessions().addCredit(session, 600);
        shell.runEffects();
        assertThat(takePushed()).extracting(p -> p.outgoing().slots().size()).containsExactly(253, 147);
    }

    @Test
    void shouldKeepContextsOfOneDeliveryWithinAFrame() {
        register(NO_LAUNCHER);
        attach(1, 100);
        park(3, ByteString.copyFrom(new byte[64 * 1024]));
        allBecomeReadable();
        assertThat(takePushed()).extracting(p -> p.outgoing().slots().size()).containsExactly(1, 1, 1);
    }

    @Test
    void shouldWakeAgainOnlyAfterTheSocketIsGivenBack() {
        register(NO_LAUNCHER);
        attach(1, 10);
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        SimulatedShell.Pushed delivery = takePushed().getFirst();
        acknowledge(delivery);
        assertThat(shell.armedGenerations).isEmpty();
        assertThat(socket("s0").getHolder().getPid()).isEqualTo(77);
        giveBack(delivery);
        allBecomeReadable();
        assertThat(shell.pushed).hasSize(1);
        assertRefused(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN, () -> giveBack(delivery));
    }

    @Test
    void shouldNotLetAStalledSessionHoldUpAnother() {
        register(NO_LAUNCHER);
        attach(1, 10);
        attach(2, 10);
        park(1, ByteString.EMPTY);
        shell.sessionsRead = false;
        brokerage.activity().ready(shell.armedGenerations.keySet().iterator().next(), new Readiness.Data(1, false));
        shell.armedGenerations.clear();
        shell.runEffects();
        assertThat(socket("s0").getState()).as("neither reads").isEqualTo(SocketState.SOCKET_STATE_QUEUED);
        shell.sessionsRead = true;
        shell.advance(SECOND);
        assertThat(takePushed()).as("looked at again, credit and all").hasSize(1);
        assertThat(socket("s0").getFailedAttempts()).isZero();
    }

    @Test
    void shouldTakeBackWhatIsNotAcknowledgedInTime() {
        register(NO_LAUNCHER);
        attach(1, 10);
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        SimulatedShell.Pushed late = takePushed().getFirst();
        attach(2, 10);
        shell.advance(5 * SECOND);
        assertRefused(ErrorReason.ERROR_REASON_CLAIM_EXPIRED, () -> acknowledge(late));
        assertThat(takePushed()).extracting(SimulatedShell.Pushed::connection).containsExactly(2L);
    }

    @Test
    void shouldReturnTheLeasesOfADyingSession() {
        register(NO_LAUNCHER);
        attach(1, 10);
        park(2, ByteString.EMPTY);
        allBecomeReadable();
        SimulatedShell.Pushed delivery = takePushed().getFirst();
        acknowledge(delivery);
        brokerage.disconnected(1);
        shell.runEffects();
        assertThat(socket("s0").getState()).isEqualTo(SocketState.SOCKET_STATE_QUEUED);
        attach(2, 10);
        shell.advance(SECOND);
        assertThat(takePushed().getFirst().outgoing().delivery().getActivation().getSocketsList())
                .extracting(activated -> activated.getTrigger().getAttempt())
                .containsExactly(2, 2);
        assertRefused(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN, () -> giveBack(delivery));
    }

    @Test
    void shouldLoseNoWakeBetweenASessionThatLeavesAndALaunch() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_SOCKET));
        SessionName session = attach(1, 10);
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        brokerage.sessions().detach(session);
        shell.runEffects();
        assertThat(shell.starting).hasSize(1);
    }

    @Test
    void shouldTellASessionWhoseSocketIsClosed() {
        register(NO_LAUNCHER);
        attach(1, 10);
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        acknowledge(takePushed().getFirst());
        brokerage.close(
                OWNER,
                CloseSocketRequest.newBuilder()
                        .setKey(SocketKey.newBuilder().setSocketId("s0"))
                        .build());
        shell.runEffects();
        assertThat(shell.sessionEffects).anyMatch(Effect.Revoke.class::isInstance);
    }

    @Test
    void shouldCloseAConnectionWhoseStreamNeverComes() {
        brokerage.sessions().hello(OWNER, id(1), 1);
        shell.advance(5 * SECOND);
        // Its id and the connection's number are free again.
        register(NO_LAUNCHER);
        attach(1, 1);
        assertThat(shell.sessionEffects).anyMatch(effect -> effect instanceof Effect.SessionStarted);
    }

    @Test
    void shouldEndASessionWhoseConnectionNeverComes() {
        register(NO_LAUNCHER);
        brokerage.attach(
                OWNER,
                AttachStart.newBuilder()
                        .setTask(TaskKey.newBuilder().setName("task"))
                        .setSessionId(id(1))
                        .setCredit(1)
                        .build());
        shell.advance(5 * SECOND);
        assertThat(shell.sessionEffects)
                .anyMatch(effect -> effect instanceof Effect.SessionEnded ended
                        && ended.why().reason() == ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN);
    }

    @Test
    void shouldRefuseCreditOverTheBoundAndUnknownTasks() {
        register(NO_LAUNCHER);
        SessionName session = attach(1, 10_000);
        assertRefused(
                ErrorReason.ERROR_REASON_INVALID_FIELD,
                () -> brokerage.sessions().addCredit(session, 1));
        assertRefused(ErrorReason.ERROR_REASON_INVALID_FIELD, () -> attach(2, 10_001));
        assertRefused(
                ErrorReason.ERROR_REASON_TASK_UNKNOWN,
                () -> brokerage.attach(
                        OWNER,
                        AttachStart.newBuilder()
                                .setTask(TaskKey.newBuilder().setName("nobody"))
                                .setSessionId(id(3))
                                .setCredit(1)
                                .build()));
    }

    @Test
    void shouldCoalesceWhatIsDueTogetherIntoOneClaimingLaunch() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_CLAIM));
        park(300, ByteString.EMPTY);
        allBecomeReadable();
        assertThat(shell.starting).extracting(plan -> plan.sockets().size()).containsExactly(253, 47);
    }

    @Test
    void shouldGiveOneConnectionToEachInetdProgram() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_SOCKET));
        park(3, ByteString.EMPTY);
        allBecomeReadable();
        assertThat(shell.starting).extracting(plan -> plan.sockets().size()).containsExactly(1, 1, 1);
    }

    @Test
    void shouldEndAHandlerThatUsesUpItsTime() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS).setActivationTimeout(Durations.fromSeconds(2)));
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        LaunchPlan plan = shell.starting.getFirst();
        shell.start(plan);
        shell.advance(2 * SECOND);
        assertThat(shell.sessionEffects).containsExactly(new Effect.Signal(plan.activationId(), 15));
        shell.advance(5 * SECOND);
        assertThat(shell.sessionEffects)
                .containsExactly(new Effect.Signal(plan.activationId(), 15), new Effect.Signal(plan.activationId(), 9));
        shell.exit(plan.activationId(), false);
        assertThat(socket("s0").getFailedAttempts()).isEqualTo(1);
    }

    @Test
    void shouldExplainWhyASocketDoesNotWake() {
        register(NO_LAUNCHER);
        park(1, ByteString.EMPTY);
        assertThat(explain()).contains("watched", "nothing has woken");
        allBecomeReadable();
        assertThat(explain()).contains("waits for a handler", "no command", "no session is attached");
        attach(1, 10);
        acknowledge(takePushed().getFirst());
        assertThat(explain()).contains("process 77", "until it is given back");
    }

    private String explain() {
        return brokerage
                .explain(OWNER, SocketKey.newBuilder().setSocketId("s0").build())
                .words();
    }

    @Test
    void shouldSetAPoisonSocketApartAndTryItAgainByItself() {
        register(launcher(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS));
        park(1, ByteString.EMPTY);
        allBecomeReadable();
        for (int attempt = 0; attempt < 3; attempt++) {
            shell.failToStart(shell.starting.getFirst());
            shell.advance(SECOND);
        }
        assertThat(socket("s0").getState()).isEqualTo(SocketState.SOCKET_STATE_QUARANTINED);
        assertThat(explain()).contains("failed 3 times");
        assertThat(shell.starting).isEmpty();
        shell.advance(600 * SECOND);
        assertThat(shell.starting).hasSize(1);
    }
}
