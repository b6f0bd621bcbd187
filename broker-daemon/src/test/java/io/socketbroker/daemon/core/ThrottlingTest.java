package io.socketbroker.daemon.core;

import static io.socketbroker.daemon.core.CoreFixture.OWNER;
import static io.socketbroker.daemon.core.CoreFixture.SECOND;
import static io.socketbroker.daemon.core.CoreFixture.item;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import org.junit.jupiter.api.Test;

/** Limits of connections and rates, and conditions: what is over them goes on later, by itself, and in turns. */
class ThrottlingTest {
    private final CoreFixture core = new CoreFixture(2);

    private Slot listen(TaskLimits.Builder limits) {
        core.register("task", CoreFixture.inetd().setLimits(limits));
        return core.park(SocketKind.SOCKET_KIND_LISTENER, "task", item("l"));
    }

    private String why(String id) {
        return core.brokerage
                .explain(OWNER, SocketKey.newBuilder().setSocketId(id).build())
                .words();
    }

    @Test
    void shouldHoldConnectionsOverTheLimitInTheBacklogUntilAHandlerEnds() {
        Slot listener = listen(TaskLimits.newBuilder().setMaxConnections(1));
        core.connect(listener, "192.0.2.1");
        long handler = core.startFirst();
        core.shell.report(listener, new Readiness.Connection());
        assertThat(core.starting()).isEmpty();
        assertThat(why("l")).contains("max_connections = 1").contains("source 192.0.2.1/32 with 1");
        core.shell.exit(handler, true);
        assertThat(core.starting()).containsExactly("l:2");
    }

    @Test
    void shouldCloseConnectionsOverTheLimitIfToldSo() {
        Slot listener = listen(TaskLimits.newBuilder().setMaxConnections(1).setOverLimit(OverLimit.OVER_LIMIT_REFUSE));
        core.connect(listener, "192.0.2.1");
        long handler = core.startFirst();
        for (int i = 0; i < 5; i++) {
            core.connect(listener, "192.0.2.1");
        }
        assertThat(core.starting()).isEmpty();
        assertThat(core.told(EventType.EVENT_TYPE_CONNECTION_REFUSED))
                .singleElement()
                .asString()
                .contains("max_connections = 1");
        core.shell.advance(SECOND);
        assertThat(core.told(EventType.EVENT_TYPE_CONNECTION_REFUSED))
                .last()
                .asString()
                .startsWith("4 more");
        core.shell.exit(handler, true);
        core.connect(listener, "192.0.2.1");
        assertThat(core.starting()).hasSize(1);
    }

    @Test
    void shouldServeOtherSourcesWhileOneIsOverItsLimit() {
        Slot listener = listen(TaskLimits.newBuilder().setMaxConnectionsPerSource(1));
        for (int i = 0; i < 4; i++) {
            core.connect(listener, "192.0.2.1");
        }
        core.connect(listener, "192.0.3.1");
        assertThat(core.starting()).containsExactly("l:1", "l:3");
        assertThat(why("l:2")).contains("max_connections_per_source = 1");
        core.finishFirst();
        assertThat(core.starting()).containsExactly("l:3", "l:2");
    }

    @Test
    void shouldGiveTheTurnOnWhenAWaitingConnectionIsClosed() {
        Slot listener = listen(TaskLimits.newBuilder().setMaxConnectionsPerSource(1));
        core.connect(listener, "192.0.2.1");
        core.connect(listener, "192.0.2.1");
        core.brokerage.close(
                OWNER,
                io.socketbroker.v1.CloseSocketRequest.newBuilder()
                        .setKey(SocketKey.newBuilder().setSocketId("l:2"))
                        .build());
        core.shell.runEffects();
        core.connect(listener, "192.0.2.1");
        core.finishFirst();
        assertThat(core.starting()).containsExactly("l:3");
    }

    @Test
    void shouldSpreadTheWakesOfOneSocket() {
        core.register(
                "task",
                CoreFixture.rearming()
                        .setLimits(TaskLimits.newBuilder()
                                .setSocketActivationsPerSecond(1)
                                .setSocketActivationBurst(2)));
        Slot noisy = core.park("task", item("noisy"));
        Slot other = core.park("task", item("other"));
        for (int i = 0; i < 2; i++) {
            core.unread(noisy, "x");
            core.finishFirst();
        }
        core.unread(noisy, "x");
        core.unread(other, "x");
        assertThat(core.starting()).containsExactly("other");
        assertThat(why("noisy")).contains("socket_activations_per_second = 1");
        core.shell.advance(SECOND);
        assertThat(core.starting()).containsExactly("other", "noisy");
    }

    @Test
    void shouldSpreadTheWakesOfOneNeighbourhood() {
        core.register(
                "task",
                CoreFixture.rearming()
                        .setLimits(TaskLimits.newBuilder()
                                .setSourceActivationsPerSecond(2)
                                .setSourceActivationBurst(1)));
        core.shell.nextPeer = CoreFixture.peer("192.0.2.1");
        Slot first = core.park("task", item("first"));
        core.shell.nextPeer = CoreFixture.peer("192.0.2.99");
        Slot second = core.park("task", item("second"));
        core.shell.nextPeer = CoreFixture.peer("192.0.3.1");
        Slot elsewhere = core.park("task", item("elsewhere"));
        core.unread(first, "x");
        core.unread(second, "x");
        core.unread(elsewhere, "x");
        assertThat(core.starting()).containsExactly("first", "elsewhere");
        assertThat(core.told(EventType.EVENT_TYPE_LIMIT_HELD))
                .singleElement()
                .asString()
                .contains("source_activations_per_second = 2")
                .contains("192.0.2.0/24");
        core.finishFirst();
        core.shell.advance(SECOND / 2);
        assertThat(core.starting()).containsExactly("elsewhere", "second");
    }

    @Test
    void shouldSpreadTheActivationsOfATask() {
        core.register(
                "task",
                CoreFixture.rearming()
                        .setLimits(TaskLimits.newBuilder()
                                .setActivationsPerSecond(1)
                                .setActivationBurst(1)));
        Slot first = core.park("task", item("first"));
        Slot second = core.park("task", item("second"));
        core.unread(first, "x");
        core.unread(second, "x");
        assertThat(core.starting()).containsExactly("first");
        assertThat(core.told(EventType.EVENT_TYPE_LIMIT_HELD))
                .singleElement()
                .asString()
                .contains("activations_per_second = 1");
        core.shell.advance(SECOND);
        assertThat(core.starting()).containsExactly("first", "second");
    }

    @Test
    void shouldLetTasksTakeTurnsAtTheLastHandlers() {
        for (String name : new String[] {"greedy", "modest"}) {
            core.register(name, CoreFixture.rearming());
        }
        for (int i = 0; i < 6; i++) {
            core.unread(core.park("greedy", item("greedy-" + i)), "x");
        }
        core.unread(core.park("modest", item("modest-0")), "x");
        core.unread(core.park("modest", item("modest-1")), "x");
        assertThat(core.starting()).containsExactly("greedy-0", "greedy-1");
        core.finishFirst();
        core.finishFirst();
        core.finishFirst();
        core.finishFirst();
        assertThat(core.told(EventType.EVENT_TYPE_HANDLER_EXITED)).hasSize(4);
        assertThat(core.socket("modest-0").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
        assertThat(core.starting()).contains("modest-1");
    }

    private static TaskConditions.Builder network() {
        return TaskConditions.newBuilder().setNetworkAvailable(true);
    }

    @Test
    void shouldDeferAWakeUntilTheConditionsAreMet() {
        core.register("task", CoreFixture.rearming().setConditions(network()));
        core.unread(core.park("task", item("a")), "x");
        assertThat(core.starting()).isEmpty();
        core.shell.answer(false);
        assertThat(core.starting()).isEmpty();
        assertThat(why("a")).contains("not now");
        assertThat(core.told(EventType.EVENT_TYPE_WAKE_DEFERRED)).hasSize(1);
        core.shell.advance(SECOND);
        core.shell.answer(true);
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldLookAgainAtOnceWhenTheNetworkChanges() {
        core.register("task", CoreFixture.rearming().setConditions(network()));
        core.unread(core.park("task", item("a")), "x");
        core.shell.answer(false);
        core.brokerage.activity().networkChanged();
        core.shell.runEffects();
        core.shell.answer(true);
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldWakeInSpiteOfUnmetConditionsAfterTheLongestDeferral() {
        core.register("task", CoreFixture.rearming().setConditions(network().setMaxDeferral(Durations.fromSeconds(3))));
        core.unread(core.park("task", item("a")), "x");
        core.shell.answer(false);
        for (int i = 0; i < 5; i++) {
            assertThat(core.starting()).isEmpty();
            core.shell.advance(SECOND / 2);
            core.shell.answer(false);
        }
        core.shell.advance(SECOND / 2);
        assertThat(core.starting()).containsExactly("a");
        core.finishFirst();
        core.unread(core.slotOf("a"), "y");
        core.shell.answer(false);
        core.shell.advance(SECOND);
        assertThat(core.starting()).as("deferred anew").isEmpty();
    }

    @Test
    void shouldNotWaitForeverForAnAnswerThatDoesNotCome() {
        core.register("task", CoreFixture.rearming().setConditions(network().setMaxDeferral(Durations.fromSeconds(3))));
        core.unread(core.park("task", item("a")), "x");
        core.shell.advance(3 * SECOND);
        assertThat(core.starting()).containsExactly("a");
    }

    @Test
    void shouldHoldConnectionsInTheBacklogWhileConditionsAreUnmet() {
        core.register("task", CoreFixture.inetd().setConditions(network()));
        Slot listener = core.park(SocketKind.SOCKET_KIND_LISTENER, "task", item("l"));
        core.connect(listener, "192.0.2.1");
        core.shell.answer(false);
        assertThat(core.exists("l:1")).isFalse();
        core.shell.advance(SECOND);
        core.shell.answer(true);
        assertThat(core.starting()).containsExactly("l:1");
    }
}
