package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.ListActivationsRequest;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.UpdateSocketRequest;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two users on one broker: the kernel says who asks, and nobody sees or touches what is another's. */
final class UsersIT {
    private static final SocketKey FOREIGN_SOCKET =
            SocketKey.newBuilder().setSocketId("s").setUid(0).build();
    private static final TaskKey FOREIGN_TASK =
            TaskKey.newBuilder().setName("task").setUid(0).build();

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient owner;
    private ProtocolClient other;
    private Link link;

    @BeforeEach
    void park() throws IOException {
        other = OtherUser.of(broker).client(broker);
        owner = broker.client();
        link = broker.link();
        owner.register("task", broker.puppets().spec(Specs.rearm()));
        owner.tasks()
                .registerTask(RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setApp("shop").setName("task"))
                        .setSpec(Specs.command("/bin/cat"))
                        .build());
        owner.park(link.mine(), "task", "s");
    }

    @AfterEach
    void theOwnerIsServed() {
        assertThat(owner.socketIds()).contains("s");
        link.peer().send("hello");
        assertThat(broker.puppets().next().env("SOCKET_ID")).isEqualTo("s");
    }

    @Test
    void shouldRefuseToActForAnotherUid() {
        Refusal.of(() -> other.sockets()
                        .getSocket(GetSocketRequest.newBuilder()
                                .setKey(FOREIGN_SOCKET)
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
        Refusal.of(() -> other.sockets()
                        .closeSocket(CloseSocketRequest.newBuilder()
                                .setKey(FOREIGN_SOCKET)
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
        Refusal.of(() -> other.sockets()
                        .updateSocket(UpdateSocketRequest.newBuilder()
                                .setKey(FOREIGN_SOCKET)
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
        Refusal.of(() -> other.sockets()
                        .reclaim(ReclaimRequest.newBuilder()
                                .addKeys(FOREIGN_SOCKET)
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "keys[0].uid");
        Refusal.of(() -> other.tasks()
                        .getTask(
                                GetTaskRequest.newBuilder().setKey(FOREIGN_TASK).build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
        Refusal.of(() -> other.tasks()
                        .unregisterTask(UnregisterTaskRequest.newBuilder()
                                .setKey(FOREIGN_TASK)
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
        Refusal.of(() -> other.tasks()
                        .registerTask(RegisterTaskRequest.newBuilder()
                                .setKey(FOREIGN_TASK)
                                .setSpec(Specs.command("/bin/cat"))
                                .build()))
                .expect(Code.PERMISSION_DENIED, "FOREIGN_UID", "key.uid");
    }

    @Test
    void shouldNotShowWhatIsAnothers() {
        assertThat(other.socketIds()).isEmpty();
        assertThat(other.tasks()
                        .listTasks(ListTasksRequest.getDefaultInstance())
                        .getTasksList())
                .isEmpty();
        assertThat(EventLog.of(other).events()).isEmpty();
        assertThat(EventLog.of(owner).events()).isNotEmpty();
        Refusal.of(() -> other.socket("s")).expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "key");
        Refusal.of(() -> other.startReclaim("s")).expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "keys[0]");
    }

    private Refusal transfer(String app) {
        Link mine = broker.link();
        TransferOwnershipRequest.Builder request =
                TransferOwnershipRequest.newBuilder().setApp(app).addItems(ProtocolClient.item("task", "t"));
        Refusal refusal = Refusal.of(() -> other.transfer(List.of(mine.mine().fd()), request.clone()));
        refusal.expectSameIn(other.fdSock().transfer(request, mine.mine().fd()));
        mine.exchange();
        return refusal;
    }

    @Test
    void shouldKeepAnAppForItsFirstUser() {
        transfer("shop").expect(Code.PERMISSION_DENIED, "APP_OF_ANOTHER_USER", "app");
        transfer("uid-0").expect(Code.PERMISSION_DENIED, "APP_OF_ANOTHER_USER", "app");
        Refusal.of(() -> other.tasks()
                        .registerTask(RegisterTaskRequest.newBuilder()
                                .setKey(TaskKey.newBuilder().setApp("shop").setName("task"))
                                .setSpec(Specs.command("/bin/cat"))
                                .build()))
                .expect(Code.PERMISSION_DENIED, "APP_OF_ANOTHER_USER", "key.app");
        // A task of that name is there, but it is not theirs.
        transfer("").expect(Code.NOT_FOUND, "TASK_UNKNOWN", "items[0].task");
    }

    @Test
    void shouldRefuseProgramsOfAnotherUid() {
        TaskSpec spec = Specs.command("/bin/cat");
        Refusal.of(() -> other.register("task", spec)).expect(Code.PERMISSION_DENIED, "EXEC_FOREIGN_UID", "spec.exec");
    }

    @Test
    void shouldNotAcceptAnothersTokens() {
        ByteString reclaim = owner.startReclaim("s").getToken();
        assertThat(other.fdSock().claim(reclaim).frame().getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
        try (FdConnection.Answer delivery = owner.fdSock().claim(reclaim)) {
            long deliveryId = delivery.frame().getDelivery().getDeliveryId();
            assertThat(other.fdSock().acknowledge(deliveryId).getError().getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_CLAIM_EXPIRED);
            assertThat(owner.fdSock().acknowledge(deliveryId).hasReleased()).isTrue();
            owner.transfer(delivery.descriptors().getFirst().fd(), ProtocolClient.item("task", "s"));
        }
        link.peer().send("hello");
        Puppet handler = broker.puppets().next();
        ByteString token = ByteString.copyFrom(HexFormat.of().parseHex(handler.env("TOKEN")));
        assertThat(other.fdSock().claim(token).frame().getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN);
        assertThat(other.admin()
                        .listActivations(ListActivationsRequest.getDefaultInstance())
                        .getActivationsList())
                .isEmpty();
        assertThat(owner.admin()
                        .listActivations(ListActivationsRequest.getDefaultInstance())
                        .getActivationsList())
                .hasSize(1);
        handler.expectReceived("hello");
        handler.exit(0);
    }

    @Test
    void shouldNotMeetAnothersDeposit() {
        // The same id on purpose: each user has its own.
        ByteString id = ProtocolClient.newDepositId();
        Link mine = broker.link();
        assertThat(owner.fdSock().deposit(id, 1, mine.mine().fd()).hasDeposited())
                .isTrue();
        TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                .setDepositId(id)
                .addItems(ProtocolClient.item("task", "t"))
                .build();
        var theirs = other.startTransfer(request);
        owner.sockets().transferOwnership(request);
        assertThat(owner.socketIds()).containsExactlyInAnyOrder("s", "t");
        Refusal.of(theirs::reply).expect(Code.FAILED_PRECONDITION, "DEPOSIT_UNKNOWN", "deposit_id");
    }

    @Test
    void shouldShowEverythingToRoot() {
        assertThat(owner.sockets()
                        .getSocket(GetSocketRequest.newBuilder()
                                .setKey(FOREIGN_SOCKET)
                                .build())
                        .getSocket()
                        .getKey()
                        .getUid())
                .isZero();
        Refusal.of(() -> owner.sockets()
                        .getSocket(GetSocketRequest.newBuilder()
                                .setKey(SocketKey.newBuilder().setSocketId("s").setUid(OtherUser.UID))
                                .build()))
                .expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "key");
    }
}
