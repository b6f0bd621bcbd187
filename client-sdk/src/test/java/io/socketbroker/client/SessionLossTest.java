package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Welcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionLossTest {

    private final Queue<ActivatedSocket> handled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private SessionHarness harness;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        harness = new SessionHarness(directory);
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        gate.countDown();
        harness.close();
    }

    private void holdUntilTheGateOpens(ActivatedSocket socket) throws InterruptedException {
        handled.add(socket);
        gate.await();
    }

    @Test
    void shouldNotHandleWhatExpiredBeforeItsAcknowledgement() {
        var session = harness.attach(handled::add);
        harness.broker.fds.toAcknowledge = FakeSessionFds.Answer.EXPIRE;
        var sockets = harness.sockets(2);
        int open = OwnedFd.openCount();
        harness.broker.deliver(sockets);
        // As the protocol has it: such a session loses what credit it has.
        harness.broker.credit.set(0);
        await().until(() -> harness.broker.credit.get() == 64);
        harness.awaitDescriptorsClosed(open);
        assertThat(handled).isEmpty();
        assertThat(session.isAttached()).isTrue();
        assertThat(session.counts()).isEqualTo(new SessionCounts(0, 0, 0, 0));
        harness.broker.fds.toAcknowledge = FakeSessionFds.Answer.RELEASE;
        harness.broker.deliver(sockets);
        await().until(() -> session.counts().completed() == 2);
        assertThat(harness.broker.fds.connections).hasValue(1);
    }

    @Test
    void shouldTellTheHandlerOfARevokedLease() {
        var session = harness.attach(this::holdUntilTheGateOpens);
        long activation = harness.broker.deliver(harness.sockets(2));
        await().until(() -> handled.size() == 2);
        var revoked =
                handled.stream().filter(s -> s.id().equals("s1")).findFirst().orElseThrow();
        var told = new CountDownLatch(1);
        revoked.onRevoked(told::countDown);
        harness.broker.revoke(activation, 1);
        await().until(() -> told.getCount() == 0);
        assertThat(revoked.isRevoked()).isTrue();
        assertThatExceptionOfType(BrokerException.class)
                .isThrownBy(revoked::fd)
                .withMessageContaining("closed by its owner")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_STALE_GENERATION));
        assertThatExceptionOfType(BrokerException.class).isThrownBy(revoked::giveBack);
        assertThatExceptionOfType(BrokerException.class).isThrownBy(revoked::takeDescriptor);
        gate.countDown();
        await().until(() -> session.counts().completed() == 2);
        // Nothing is said about the revoked one.
        assertThat(harness.broker.fds.ends())
                .singleElement()
                .matches(end -> end.getKey().equals(FakeSessionBroker.key(0)));
        await().until(() -> harness.broker.credit.get() == 64);
    }

    @Test
    void shouldNotHandleWhatWasRevokedBeforeItCame() {
        var session = harness.attach(this::holdUntilTheGateOpens);
        var delivery = harness.broker.delivery(2);
        harness.broker.revoke(delivery.getActivation().getActivationId(), 0);
        // The stream keeps its order: when a later revocation is seen, the first one was.
        long other = harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 1);
        harness.broker.revoke(other, 0);
        await().until(() -> handled.element().isRevoked());
        harness.broker.fds.push(delivery, harness.sockets(2));
        await().until(() -> handled.size() == 2);
        assertThat(handled).extracting(ActivatedSocket::id).containsExactly("s0", "s1");
        gate.countDown();
        await().until(() -> session.counts().running() == 0);
        assertThat(session.counts().delivered()).isEqualTo(2);
    }

    @Test
    void shouldTellAHandlerThatItsLeaseWasOver() {
        harness.broker.fds.stale = true;
        var session = harness.attach(socket -> {
            handled.add(socket);
            socket.giveBack();
        });
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> session.counts().failed() == 1);
        assertThat(handled.element().isRevoked()).isTrue();
        assertThat(harness.broker.fds.ends()).hasSize(1);
    }

    @Test
    void shouldEndTheLinkWhenACompletionStaysUnanswered() {
        harness.broker.fds.completing = false;
        harness.attach(handled::add);
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> harness.broker.starts.size() == 2);
        assertThat(harness.changes)
                .extracting(SessionHarness.Change::state)
                .startsWith(SessionState.ATTACHED, SessionState.RECONNECTING);
    }

    @Test
    void shouldReconnectWhenTheBrokerDiesInTheMiddleOfADelivery() {
        var session = harness.attach(handled::add);
        harness.broker.fds.toAcknowledge = FakeSessionFds.Answer.HANG_UP;
        var sockets = harness.sockets(5);
        int open = OwnedFd.openCount();
        harness.broker.deliver(sockets);
        await().until(() -> harness.broker.starts.size() == 2 && session.isAttached());
        harness.awaitDescriptorsClosed(open);
        assertThat(handled).isEmpty();
        harness.broker.fds.toAcknowledge = FakeSessionFds.Answer.RELEASE;
        harness.broker.deliver(sockets);
        await().until(() -> session.counts().equals(new SessionCounts(5, 5, 0, 0)));
        assertThat(harness.broker.starts)
                .extracting(request -> request.getStart().getSessionId())
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldAttachAgainAfterARestartOfTheBroker() throws IOException {
        var session = harness.attach(this::holdUntilTheGateOpens);
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> handled.size() == 1);
        harness.restartBroker();
        await().until(() -> harness.broker.starts.size() == 1 && session.isAttached());
        assertThat(harness.changes.stream().map(SessionHarness.Change::state).distinct())
                .containsExactly(SessionState.ATTACHED, SessionState.RECONNECTING);
        assertThat(handled.element().isRevoked()).isTrue();
        // One handler still runs: the new link asks for one socket less.
        assertThat(harness.broker.starts.getFirst().getStart().getCredit()).isEqualTo(63);
        gate.countDown();
        await().until(() -> harness.broker.credit.get() == 64);
        harness.broker.deliver(harness.sockets(1));
        await().until(() -> session.counts().completed() == 2);
    }

    @Test
    void shouldThrowTheRefusalOfTheFirstAttach() {
        harness.broker.refusal = ErrorReason.ERROR_REASON_TASK_UNKNOWN;
        var refusal = catchThrowableOfType(BrokerException.class, () -> harness.attach(handled::add));
        assertThat(refusal.reason()).isEqualTo(ErrorReason.ERROR_REASON_TASK_UNKNOWN);
        assertThat(harness.broker.starts).hasSize(1);
        assertThat(harness.changes).extracting(SessionHarness.Change::state).containsExactly(SessionState.CLOSED);
    }

    @Test
    void shouldKeepTryingAfterALaterRefusal() {
        var session = harness.attach(handled::add);
        harness.broker.refusal = ErrorReason.ERROR_REASON_TASK_UNKNOWN;
        harness.broker.fds.hangUp();
        await().until(() -> harness.broker.starts.size() >= 3);
        assertThat(session.state()).isEqualTo(SessionState.RECONNECTING);
        assertThat(harness.changes)
                .anyMatch(change -> change.cause()
                        .filter(e -> e.reason() == ErrorReason.ERROR_REASON_TASK_UNKNOWN)
                        .isPresent());
        harness.broker.refusal = ErrorReason.ERROR_REASON_UNSPECIFIED;
        await().until(session::isAttached);
    }

    @Test
    void shouldNotWaitForeverForTheWelcome() {
        harness.broker.fds.welcoming = false;
        var failure = catchThrowableOfType(BrokerException.class, () -> harness.attach(handled::add));
        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fewer", "none", "more", "unasked", "empty", "no token", "above credit"})
    void shouldEndTheLinkAfterAMalformedDelivery(String what) {
        var session = harness.client.attach(harness.options().withCredit(3), handled::add);
        var sockets = harness.sockets(4);
        int open = OwnedFd.openCount();
        var delivery = harness.broker.delivery(3);
        var fds = harness.broker.fds;
        switch (what) {
            case "fewer" -> fds.push(delivery, sockets.subList(0, 2));
            case "none" -> fds.push(delivery, List.of());
            case "more" -> fds.push(delivery, sockets);
            case "unasked" ->
                fds.send(FdFrame.newBuilder().setRequestId(99).setWelcome(Welcome.getDefaultInstance()), sockets);
            case "empty" -> fds.send(FdFrame.newBuilder().setRequestId(7), sockets);
            case "no token" -> fds.push(delivery.toBuilder().clearToken().build(), sockets.subList(0, 3));
            default -> fds.push(harness.broker.delivery(4), sockets);
        }
        await().until(() -> harness.broker.starts.size() == 2 && session.isAttached());
        harness.awaitDescriptorsClosed(open);
        assertThat(handled).isEmpty();
        assertThat(fds.acknowledged).hasValue(0);
        assertThat(harness.changes)
                .anyMatch(change ->
                        change.cause().filter(e -> e.code() == Code.INTERNAL).isPresent());
    }
}
