package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handlers that run already: deliveries on fd.sock, control on gRPC. */
final class SessionsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void connect() {
        client = broker.client();
    }

    private AttachedSession attach(int credit) {
        client.register("task", TaskSpec.getDefaultInstance());
        return broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), "task", credit));
    }

    /** The next delivery of one socket, whose descriptor is closed after the test. */
    private static Delivery one(AttachedSession session) {
        return oneWithDescriptor(session).frame().getDelivery();
    }

    private static FdConnection.Answer oneWithDescriptor(AttachedSession session) {
        FdConnection.Answer answer = broker.closeLater(session.delivery());
        assertThat(answer.descriptors()).hasSize(1);
        return answer;
    }

    private static String socketId(Delivery delivery) {
        return delivery.getActivation().getSockets(0).getSocket().getKey().getSocketId();
    }

    @Test
    void shouldDeliverToARunningHandlerAgainAndAgain() {
        AttachedSession session = attach(100);
        Link link = broker.link();
        long cookie = client.park(link.mine(), "task", "s").getCookie();
        for (int wake = 0; wake < 20; wake++) {
            link.peer().send("wake\n");
            FdConnection.Answer answer = oneWithDescriptor(session);
            Fd fd = answer.descriptors().getFirst().fd();
            assertThat(SocketOptions.cookie(fd)).isEqualTo(cookie);
            byte[] buffer = new byte[16];
            assertThat(Sockets.receive(fd, buffer)).isEqualTo(5);
            session.giveBack(answer.frame().getDelivery());
        }
        assertThat(client.socket("s").getActivations()).isEqualTo(20);
    }

    @Test
    void shouldKeepToTheCredit() {
        AttachedSession session = attach(1);
        Link first = broker.link();
        Link second = broker.link();
        client.park(first.mine(), "task", "first");
        client.park(second.mine(), "task", "second");
        first.peer().send("x");
        assertThat(socketId(one(session))).isEqualTo("first");
        second.peer().send("x");
        Await.state(client, "second", SocketState.SOCKET_STATE_QUEUED);
        session.addCredit(1);
        assertThat(socketId(one(session))).isEqualTo("second");
    }

    @Test
    void shouldRevokeWhatIsClosedUnderTheHandler() {
        AttachedSession session = attach(1);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("x");
        one(session);
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("s"))
                        .build());
        assertThat(session.revoked().getKey().getSocketId()).isEqualTo("s");
        link.peer().expectGone();
    }

    @Test
    void shouldTakeBackTheLeasesOfASessionThatEnds() {
        AttachedSession session = attach(5);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("unread\n");
        one(session);
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_LEASED);
        session.close();
        // What it did not read wakes the next handler, a launched one this time.
        client.register("task", Specs.lineAnswerer());
        assertThat(link.peer().readLine()).isEqualTo("got unread");
    }

    @Test
    void shouldDeliverTheLargestBurstsWithTheLongestNames() {
        TaskKey task = TaskKey.newBuilder()
                .setApp("a".repeat(128))
                .setName("t".repeat(128))
                .build();
        client.tasks()
                .registerTask(RegisterTaskRequest.newBuilder()
                        .setKey(task)
                        .setSpec(TaskSpec.getDefaultInstance())
                        .build());
        TransferOwnershipRequest.Builder request =
                TransferOwnershipRequest.newBuilder().setApp(task.getApp());
        List<Fd> mine = new ArrayList<>();
        String name = "n".repeat(104);
        OwnedFd listener = broker.closeLater(Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0));
        Sockets.bind(listener.fd(), new Endpoint.UnixAbstract(name + "own"));
        Sockets.listen(listener.fd(), 8);
        for (int i = 0; i < 253; i++) {
            OwnedFd peer = broker.closeLater(Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0));
            Sockets.bind(peer.fd(), new Endpoint.UnixAbstract(name + (100 + i)));
            Sockets.connect(peer.fd(), new Endpoint.UnixAbstract(name + "own"));
            mine.add(broker.closeLater(Sockets.accept(listener.fd(), false).orElseThrow())
                    .fd());
            // Unread data already: all are due as soon as there is credit.
            assertThat(Sockets.send(peer.fd(), new byte[] {1}, 0, 1)).isEqualTo(1);
            request.addItems(ProtocolClient.item(task.getName(), "s".repeat(252) + (100 + i))
                    .setContext(ByteString.copyFrom(new byte[200])));
        }
        client.transfer(mine, request);
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), task, 10_000));
        List<Delivery> deliveries = new ArrayList<>();
        int delivered = 0;
        while (delivered < 253) {
            FdConnection.Answer answer = session.unacknowledged();
            deliveries.add(answer.frame().getDelivery());
            delivered += answer.descriptors().size();
            answer.close();
        }
        assertThat(delivered).isEqualTo(253);
        assertThat(deliveries).as("more than one frame's worth").hasSizeGreaterThan(1);
        for (Delivery delivery : deliveries) {
            assertThat(session.acknowledge(delivery).hasReleased()).isTrue();
        }
    }
}
