package io.socketbroker.daemon.core;

import static io.socketbroker.daemon.core.CoreFixture.OWNER;
import static io.socketbroker.daemon.core.CoreFixture.SECOND;
import static io.socketbroker.daemon.core.CoreFixture.bytes;
import static io.socketbroker.daemon.core.CoreFixture.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerReason;
import io.socketbroker.v1.UpdateSocketRequest;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the broker deals with while nobody is woken. */
class QuietSocketsTest {
    private static final KeepAlive PROBING = KeepAlive.newBuilder()
            .setInterval(Durations.fromSeconds(10))
            .setProbe(bytes("ping"))
            .addExpectedReplies(bytes("pong"))
            .setReplyTimeout(Durations.fromSeconds(2))
            .build();
    private static final SocketOptions ANSWERING = SocketOptions.newBuilder()
            .addAutoAnswers(AutoAnswer.newBuilder().setRequest(bytes("PING\n")).setResponse(bytes("PONG\n")))
            .build();

    private final CoreFixture core = new CoreFixture(10);

    @BeforeEach
    void register() {
        core.register("task", CoreFixture.rearming());
    }

    @Test
    void shouldProbeAndConsumeTheReplyWithoutAWake() {
        Slot slot = core.park("task", item("a").setKeepAlive(PROBING));
        for (int i = 1; i <= 3; i++) {
            core.shell.advance(10 * SECOND);
            core.unread(slot, "pong");
            assertThat(core.socket("a").getProbesSent()).isEqualTo(i);
            assertThat(core.socket("a").getRepliesConsumed()).isEqualTo(i);
        }
        assertThat(core.starting()).isEmpty();
        assertThat(core.shell.armedGenerations).containsKey(slot);
    }

    @Test
    void shouldWakeWhenNoReplyComes() {
        core.park("task", item("a").setKeepAlive(PROBING));
        core.shell.advance(10 * SECOND);
        core.shell.advance(2 * SECOND - 1_000_000);
        assertThat(core.starting()).isEmpty();
        core.shell.advance(1_000_000);
        assertThat(core.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED);
    }

    @Test
    void shouldWakeWithEveryByteOfAnythingElse() {
        Slot slot = core.park("task", item("a").setKeepAlive(PROBING));
        core.shell.advance(10 * SECOND);
        core.unread(slot, "pong and more");
        assertThat(core.starting()).containsExactly("a");
        assertThat(core.shell.starting.getFirst().first().trigger().getBytesAvailable())
                .isEqualTo(13);
        assertThat(core.socket("a").getRepliesConsumed()).isZero();
    }

    @Test
    void shouldWakeWhenAProbeCannotGoOutBecauseTheLastIsNotAcknowledged() {
        core.park("task", item("a").setKeepAlive(PROBING));
        core.shell.outcomes = () -> SendOutcome.BUSY;
        core.shell.advance(10 * SECOND);
        assertThat(core.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_KEEP_ALIVE_TIMER_EXPIRED);
    }

    @Test
    void shouldAdaptTheIntervalOfAllSocketsToADestination() {
        KeepAlive adaptive = PROBING.toBuilder().setAdaptive(true).build();
        core.shell.nextPeer = CoreFixture.peer("192.0.2.1");
        Slot slot = core.park("task", item("a").setKeepAlive(adaptive));
        for (int i = 0; i < 2; i++) {
            core.shell.advance(10 * SECOND);
            core.unread(slot, "pong");
        }
        assertThat(core.socket("a").getEffectiveInterval()).isEqualTo(Durations.fromSeconds(15));
        core.park("task", item("b").setKeepAlive(adaptive));
        assertThat(core.socket("b").getEffectiveInterval()).isEqualTo(Durations.fromSeconds(15));
    }

    @Test
    void shouldAnswerExactlyAKnownRequest() {
        Slot slot = core.park("task", item("a").setOptions(ANSWERING));
        core.unread(slot, "PING\n");
        assertThat(core.socket("a").getAnswersSent()).isEqualTo(1);
        assertThat(core.starting()).isEmpty();
        core.shell.outcomes = () -> SendOutcome.BUSY;
        core.unread(slot, "PING\n");
        assertThat(core.starting()).containsExactly("a");
        assertThat(core.socket("a").getAnswersSent()).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForeverForTheRestOfARequest() {
        Slot slot = core.park("task", item("a").setOptions(ANSWERING));
        core.unread(slot, "PIN");
        assertThat(core.starting()).isEmpty();
        core.shell.advance(SECOND);
        core.unread(slot, "PIN");
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldTakeTheRestOfARequestThatComesInTime() {
        Slot slot = core.park("task", item("a").setOptions(ANSWERING));
        core.unread(slot, "PIN");
        core.unread(slot, "PING\n");
        assertThat(core.socket("a").getAnswersSent()).isEqualTo(1);
        core.shell.advance(5 * SECOND);
        assertThat(core.starting()).isEmpty();
    }

    @Test
    void shouldHaveTheSamePatienceWithTheNextRequest() {
        Slot slot = core.park("task", item("a").setOptions(ANSWERING));
        core.unread(slot, "PIN");
        core.shell.advance(SECOND / 2);
        core.unread(slot, "PING\n");
        core.unread(slot, "PIN");
        core.shell.advance(SECOND / 2 + 1);
        core.unread(slot, "PING");
        assertThat(core.starting())
                .as("only half a second of the second one has passed")
                .isEmpty();
    }

    @Test
    void shouldWakeNobodyForAConnectionThatEndsBeforeItPassesTheFilter() {
        Slot listener = core.park(
                SocketKind.SOCKET_KIND_LISTENER,
                "task",
                item("l")
                        .setOptions(SocketOptions.newBuilder()
                                .setFirstBytesTimeout(Durations.fromSeconds(3))
                                .setWakeFilter(WakeFilter.newBuilder().setCompleteLine(true))));
        core.connect(listener, "192.0.2.1");
        core.connect(listener, "192.0.2.1");
        core.shell.report(core.slotOf("l:1"), new Readiness.Data(4, true, bytes("half"), java.util.Optional.empty()));
        core.shell.report(
                core.slotOf("l:2"), new Readiness.Data(6, true, bytes("whole\n"), java.util.Optional.empty()));
        assertThat(core.exists("l:1")).isFalse();
        assertThat(core.starting()).containsExactly("l:2");
    }

    @Test
    void shouldWakeWhenAFullReceiveBufferLetsNoMoreIn() {
        SocketOptions line = SocketOptions.newBuilder()
                .setWakeFilter(WakeFilter.newBuilder().setCompleteLine(true))
                .build();
        Slot slot = core.park("task", item("a").setOptions(line));
        core.unread(slot, "no end");
        assertThat(core.starting()).isEmpty();
        core.unread(slot, "no end");
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldCloseWhatNeverMatchesIfToldSo() {
        SocketOptions tls = SocketOptions.newBuilder()
                .setWakeFilter(WakeFilter.newBuilder()
                        .setPrefix(bytes("\u0016\u0003"))
                        .setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE))
                .build();
        Slot slot = core.park("task", item("a").setOptions(tls));
        core.unread(slot, "GET / HTTP/1.0");
        assertThat(core.exists("a")).isFalse();
        assertThat(core.starting()).isEmpty();
    }

    @Test
    void shouldCloseWhatIsIdleForTooLong() {
        SocketOptions expiring = SocketOptions.newBuilder()
                .setExpiresAfter(Durations.fromSeconds(30))
                .build();
        core.park("task", item("a").setOptions(expiring));
        Slot busy = core.park("task", item("b").setOptions(expiring));
        core.shell.advance(20 * SECOND);
        core.unread(busy, "x");
        core.finishFirst();
        core.shell.advance(10 * SECOND);
        assertThat(core.exists("a")).isFalse();
        assertThat(core.exists("b")).isTrue();
        core.shell.advance(20 * SECOND);
        assertThat(core.exists("b")).isFalse();
    }

    @Test
    void shouldWakeForNetworkChangesOnlyWhoAsks() {
        core.park("task", item("a"));
        core.park("task", item("b").setOptions(SocketOptions.newBuilder().setNotifyNetworkChanged(true)));
        core.brokerage.activity().networkChanged();
        core.shell.runEffects();
        assertThat(core.starting()).containsExactly("b");
        assertThat(core.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_NETWORK_CHANGED);
    }

    @Test
    void shouldChangeTheRulesOfAParkedSocket() {
        Slot slot = core.park("task", item("a"));
        core.brokerage.update(
                OWNER,
                UpdateSocketRequest.newBuilder()
                        .setKey(SocketKey.newBuilder().setSocketId("a"))
                        .setOptions(SocketOptions.newBuilder()
                                .setWakeFilter(WakeFilter.newBuilder().setMinBytes(10)))
                        .build());
        core.shell.runEffects();
        core.unread(slot, "short");
        assertThat(core.starting()).isEmpty();
        core.unread(slot, "long enough");
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldCountAChangedContextAgainstTheSumOfItsOwner() {
        for (int i = 0; i < 99; i++) {
            core.park("task", item("full-" + i).setContext(bytes("x".repeat(64))));
        }
        core.park("task", item("a").setContext(bytes("x")));
        UpdateSocketRequest larger = UpdateSocketRequest.newBuilder()
                .setKey(SocketKey.newBuilder().setSocketId("a"))
                .setContext(bytes("x".repeat(64)))
                .build();
        core.brokerage.update(OWNER, larger);
        CoreFixture small = new CoreFixture(10, 6_400 - 64);
        small.register("task", CoreFixture.rearming());
        for (int i = 0; i < 99; i++) {
            small.park("task", item("full-" + i).setContext(bytes("x".repeat(64))));
        }
        small.park("task", item("a"));
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> small.brokerage.update(OWNER, larger))
                .satisfies(refusal -> assertThat(refusal.details()).containsEntry("limit", "context-bytes-per-uid"));
        assertThat(small.socket("a").getContextBytes()).isZero();
    }

    private Slot silentListener(int seconds) {
        return core.park(
                SocketKind.SOCKET_KIND_LISTENER,
                "task",
                item("l").setOptions(SocketOptions.newBuilder().setFirstBytesTimeout(Durations.fromSeconds(seconds))));
    }

    @Test
    void shouldWakeForAConnectionOnlyWhenItsFirstBytesAreThere() {
        Slot listener = silentListener(3);
        core.connect(listener, "192.0.2.1");
        assertThat(core.starting()).isEmpty();
        core.unread(core.slotOf("l:1"), "hello");
        assertThat(core.starting()).containsExactly("l:1");
        assertThat(core.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_CONNECTION_ACCEPTED);
    }

    @Test
    void shouldWakeNobodyForAPortScan() {
        Slot listener = silentListener(3);
        core.connect(listener, "192.0.2.1");
        core.connect(listener, "192.0.2.2");
        core.shell.report(core.slotOf("l:1"), new Readiness.Ended(CloseCause.CLOSE_CAUSE_FIN, 0));
        assertThat(core.exists("l:1")).isFalse();
        core.shell.advance(3 * SECOND);
        assertThat(core.exists("l:2")).isFalse();
        assertThat(core.starting()).isEmpty();
        assertThat(core.told(EventType.EVENT_TYPE_CONNECTION_REFUSED)).hasSize(2);
        assertThat(core.socket("l").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(core.shell.armedGenerations).containsKey(listener);
    }
}
