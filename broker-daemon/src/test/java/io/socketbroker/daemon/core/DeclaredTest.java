package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.WakeFilter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeclaredTest {
    private final CoreFixture core = new CoreFixture(3);
    private final Declared declared = core.brokerage.declared();

    private Slot declare(String id) {
        Candidate candidate = core.shell.newSocket(SocketKind.SOCKET_KIND_LISTENER);
        TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                .setApp(Declared.APP)
                .addItems(TransferItem.newBuilder().setSocketId(id).setTask("task"))
                .build();
        Slot slot = core.brokerage
                .transfer(CoreFixture.OWNER, request, List.of(candidate))
                .getFirst()
                .slot();
        core.shell.runEffects();
        core.shell.bind(slot, candidate.cookie());
        assertThat(declared.slot(id)).as("before custody has it").isEmpty();
        core.brokerage.custodyTaken(List.of(slot));
        core.shell.runEffects();
        return slot;
    }

    @Test
    void shouldRegisterOnlyWhatHasChanged() {
        TaskSpec spec = CoreFixture.rearming().build();
        assertThat(declared.register("task", spec)).isTrue();
        assertThat(declared.register("task", spec)).isFalse();
        assertThat(declared.register("task", CoreFixture.inetd().build())).isTrue();
        core.shell.runEffects();
        assertThat(core.told(EventType.EVENT_TYPE_TASK_REGISTERED)).containsExactly("", "replaced");
    }

    @Test
    void shouldKeepItsAppFromOthers() {
        Caller other = new Caller(CoreFixture.OWNER.uid() + 1, 5, false);
        Candidate candidate = core.shell.newSocket(SocketKind.SOCKET_KIND_STREAM);
        TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                .setApp(Declared.APP)
                .addItems(CoreFixture.item("mine").setTask("task"))
                .build();
        assertThatThrownBy(() -> core.brokerage.transfer(other, request, List.of(candidate)))
                .isInstanceOf(BrokerRefusal.class)
                .hasMessageContaining("configuration declares");
    }

    @Test
    void shouldLetGoWithoutAShutdown() {
        declared.register("task", CoreFixture.inetd().build());
        Slot slot = declare("door");
        assertThat(declared.slot("door")).contains(slot);
        declared.letGo("door");
        declared.letGo("nothing");
        core.shell.runEffects();
        assertThat(declared.slot("door")).isEmpty();
        assertThat(core.told(EventType.EVENT_TYPE_SOCKET_RELEASED)).hasSize(1);
        assertThat(core.told(EventType.EVENT_TYPE_SOCKET_CLOSED)).isEmpty();
    }

    @Test
    void shouldSayWhatTheRulesWouldRefuse() {
        TaskSpec burst = CoreFixture.inetd()
                .setLimits(TaskLimits.newBuilder().setActivationBurst(5))
                .build();
        assertThat(Declared.problemOf(burst)).contains("activation-burst: needs activations-per-second");
        assertThat(Declared.problemOf(CoreFixture.inetd().build())).isEmpty();
        TransferItem filtered = TransferItem.newBuilder()
                .setOptions(SocketOptions.newBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)
                        .setWakeFilter(WakeFilter.newBuilder().setCompleteLine(true)))
                .build();
        assertThat(Declared.problemOf(filtered, SocketKind.SOCKET_KIND_LISTENER, "tcp"))
                .contains("wake-filter: of a listener needs first-bytes-timeout");
        TransferItem timed = filtered.toBuilder()
                .setOptions(filtered.getOptions().toBuilder()
                        .setFirstBytesTimeout(Duration.newBuilder().setSeconds(1)))
                .build();
        assertThat(Declared.problemOf(timed, SocketKind.SOCKET_KIND_LISTENER, "tcp"))
                .isEmpty();
    }
}
