package io.socketbroker.daemon.core;

import static io.socketbroker.daemon.core.CoreFixture.bytes;
import static io.socketbroker.daemon.core.CoreFixture.item;
import static io.socketbroker.daemon.core.CoreFixture.rearming;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.store.v1.StoredLease;
import io.socketbroker.store.v1.StoredQuiet;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TriggerReason;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a broker tells of connections that ended with its host. */
final class RebootTest {
    private static final String LOST = "lost in a restart of the host";

    private static CoreFixture withSocket(TaskSpec.Builder spec) {
        CoreFixture before = new CoreFixture(10);
        before.register("task", spec);
        before.park("task", item("s").setContext(bytes("who it was")));
        return before;
    }

    private static CoreFixture afterReboot(CoreFixture before) {
        CoreFixture after = new CoreFixture(10);
        after.shell.journal.copy(before.shell.journal);
        after.shell.journal.recoverAfterReboot(after.shell);
        return after;
    }

    private static void expectWoken(CoreFixture after) {
        assertThat(after.starting()).containsExactly("s");
        LaunchPlan.Handed handed = after.shell.starting.getFirst().first();
        assertThat(handed.trigger().getReason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED);
        assertThat(handed.trigger().getCloseCause()).isEqualTo(CloseCause.CLOSE_CAUSE_REBOOT);
        assertThat(handed.trigger().getPeerClosed()).isTrue();
    }

    @Test
    void shouldWakeAHandlerOnce() {
        CoreFixture after = afterReboot(withSocket(rearming().setNotifyReboot(true)));
        expectWoken(after);
        assertThat(after.told(EventType.EVENT_TYPE_SOCKET_CLOSED)).containsExactly(LOST);
        assertThat(after.socket("s").getContext()).isEqualTo(bytes("who it was"));
        after.finishFirst();
        assertThat(after.exists("s")).isFalse();
        CoreFixture later = afterReboot(after);
        assertThat(later.starting()).isEmpty();
        assertThat(later.told(EventType.EVENT_TYPE_SOCKET_CLOSED)).isEmpty();
    }

    @Test
    void shouldWakeNobodyWhoDoesNotAsk() {
        CoreFixture after = afterReboot(withSocket(rearming()));
        assertThat(after.starting()).isEmpty();
        assertThat(after.exists("s")).isFalse();
        assertThat(after.told(EventType.EVENT_TYPE_SOCKET_CLOSED)).containsExactly(LOST);
    }

    @Test
    void shouldWakeAgainIfTheHandlerFails() {
        CoreFixture after = afterReboot(withSocket(rearming().setNotifyReboot(true)));
        after.shell.exit(after.startFirst(), false);
        after.shell.advance(CoreFixture.SECOND);
        expectWoken(after);
        assertThat(after.shell.starting.getFirst().first().trigger().getAttempt())
                .isEqualTo(2);
    }

    @Test
    void shouldWakeAHandlerIfTheBrokerDiesBeforeItCould() {
        CoreFixture after = afterReboot(withSocket(rearming().setNotifyReboot(true)));
        CoreFixture next = new CoreFixture(10);
        next.shell.boundCookies.putAll(after.shell.boundCookies);
        after.shell.journal.recover(next.brokerage, Map.copyOf(after.shell.boundCookies), Set.of());
        next.shell.runEffects();
        expectWoken(next);
    }

    @Test
    void shouldWakeAHandlerOnceIfTheHostIsStartedAgainBeforeItCould() {
        CoreFixture after = afterReboot(afterReboot(withSocket(rearming().setNotifyReboot(true))));
        expectWoken(after);
        assertThat(after.brokerage.totals().sockets()).isEqualTo(1);
    }

    private static Arguments row(boolean wakes, String what, Consumer<StoredSocket.Builder> change) {
        return Arguments.of(wakes, what, change);
    }

    static Stream<Arguments> records() {
        return Stream.of(
                row(true, "parked", _ -> {}),
                row(true, "leased", socket -> socket.setState(SocketState.SOCKET_STATE_LEASED)),
                row(true, "quarantined", socket -> socket.setState(SocketState.SOCKET_STATE_QUARANTINED)),
                row(
                        true,
                        "of a declared listener",
                        socket -> socket.setApp(Declared.APP).setListenerId("l")),
                row(false, "a declared listener", socket -> socket.setApp(Declared.APP)),
                row(false, "its task is not registered", socket -> socket.setTask("other")),
                row(false, "not acknowledged", socket -> socket.setState(SocketState.SOCKET_STATE_DEPOSITED)),
                row(false, "taken back", socket -> socket.setState(SocketState.SOCKET_STATE_RELEASING)),
                row(
                        false,
                        "let go at launch",
                        socket -> socket.setState(SocketState.SOCKET_STATE_LEASED)
                                .setLease(StoredLease.newBuilder().setReleased(true))),
                row(false, "its end is known", socket -> socket.setEndDelivered(true)),
                row(
                        false,
                        "not known to any handler",
                        socket -> socket.setQuiet(StoredQuiet.newBuilder().setAwaitsFirstBytes(true))));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("records")
    void shouldWakeForWhatAHandlerCouldMakeAnew(boolean wakes, String what, Consumer<StoredSocket.Builder> change) {
        CoreFixture after = new CoreFixture(10);
        StoredTask.Builder task = StoredTask.newBuilder()
                .setUid(CoreFixture.OWNER.uid())
                .setName("task")
                .setSpec(rearming().setNotifyReboot(true));
        after.brokerage
                .recovery()
                .tasks(List.of(
                        task.setApp("app").build(), task.setApp(Declared.APP).build()));
        StoredSocket.Builder socket = StoredSocket.newBuilder()
                .setUid(CoreFixture.OWNER.uid())
                .setApp("app")
                .setTask("task")
                .setSocketId("s")
                .setState(SocketState.SOCKET_STATE_PARKED);
        change.accept(socket);
        assertThat(after.brokerage.recovery().wakesAfterReboot(socket.build()))
                .as(what)
                .isEqualTo(wakes);
    }
}
