package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.AttachCredit;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handlers that run already: deliveries on fd.sock, control on gRPC. */
final class SessionsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private final BlockingQueue<AttachResponse> responses = new ArrayBlockingQueue<>(300);
    private ProtocolClient client;
    private ProtocolClient handler;
    private StreamObserver<AttachRequest> stream;

    @BeforeEach
    void connect() {
        client = broker.client();
        handler = broker.client();
        stream = SessionServiceGrpc.newStub(handler.channel()).attach(new Collector<>(responses, response -> response));
    }

    private void attach(TaskKey task, int credit) throws InterruptedException {
        ByteString id = ProtocolClient.newDepositId();
        stream.onNext(AttachRequest.newBuilder()
                .setStart(
                        AttachStart.newBuilder().setTask(task).setSessionId(id).setCredit(credit))
                .build());
        FdFrame answer = handler.fdSock()
                .ask(FdFrame.newBuilder().setHello(Hello.newBuilder().setSessionId(id)));
        assertThat(answer.hasWelcome()).as("welcome: %s", answer).isTrue();
        AttachResponse started = responses.poll(10, TimeUnit.SECONDS);
        assertThat(started).isNotNull();
        assertThat(started.hasStarted()).isTrue();
    }

    private void attach(int credit) throws InterruptedException {
        client.register("task", TaskSpec.getDefaultInstance());
        attach(TaskKey.newBuilder().setName("task").build(), credit);
    }

    /** The next delivery, acknowledged; the session has its sockets from here on. */
    private FdConnection.Answer delivery() {
        FdConnection.Answer answer = handler.fdSock().receive();
        answer.descriptors().forEach(broker::closeLater);
        assertThat(answer.frame().hasDelivery())
                .as("delivery: %s", answer.frame())
                .isTrue();
        Delivery delivery = answer.frame().getDelivery();
        assertThat(answer.descriptors()).hasSameSizeAs(delivery.getActivation().getSocketsList());
        assertThat(handler.fdSock().acknowledge(delivery.getDeliveryId()).hasReleased())
                .isTrue();
        return answer;
    }

    private void giveBack(Delivery delivery) {
        CompleteRequest.Builder request = CompleteRequest.newBuilder().setToken(delivery.getToken());
        for (ActivatedSocket socket : delivery.getActivation().getSocketsList()) {
            request.addCompletions(LeaseCompletion.newBuilder()
                    .setKey(socket.getSocket().getKey())
                    .setGeneration(socket.getSocket().getGeneration())
                    .setOutcome(LeaseOutcome.LEASE_OUTCOME_RETURNED));
        }
        FdFrame answer = handler.fdSock().complete(request.build());
        assertThat(answer.getCompleted().getErrorsList()).isEmpty();
    }

    @Test
    void shouldDeliverToARunningHandlerAgainAndAgain() throws InterruptedException {
        attach(100);
        Link link = broker.link();
        long cookie = client.park(link.mine(), "task", "s").getCookie();
        for (int wake = 0; wake < 20; wake++) {
            link.peer().send("wake\n");
            FdConnection.Answer answer = delivery();
            Fd fd = answer.descriptors().getFirst().fd();
            assertThat(SocketOptions.cookie(fd)).isEqualTo(cookie);
            byte[] buffer = new byte[16];
            assertThat(Sockets.receive(fd, buffer)).isEqualTo(5);
            giveBack(answer.frame().getDelivery());
        }
        assertThat(client.socket("s").getActivations()).isEqualTo(20);
    }

    @Test
    void shouldKeepToTheCredit() throws InterruptedException {
        attach(1);
        Link first = broker.link();
        Link second = broker.link();
        client.park(first.mine(), "task", "first");
        client.park(second.mine(), "task", "second");
        first.peer().send("x");
        assertThat(delivery()
                        .frame()
                        .getDelivery()
                        .getActivation()
                        .getSockets(0)
                        .getSocket()
                        .getKey()
                        .getSocketId())
                .isEqualTo("first");
        second.peer().send("x");
        Await.state(client, "second", SocketState.SOCKET_STATE_QUEUED);
        stream.onNext(AttachRequest.newBuilder()
                .setCredit(AttachCredit.newBuilder().setActivations(1))
                .build());
        assertThat(delivery()
                        .frame()
                        .getDelivery()
                        .getActivation()
                        .getSockets(0)
                        .getSocket()
                        .getKey()
                        .getSocketId())
                .isEqualTo("second");
    }

    @Test
    void shouldRevokeWhatIsClosedUnderTheHandler() throws InterruptedException {
        attach(1);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("x");
        delivery();
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("s"))
                        .build());
        AttachResponse revoked = responses.poll(10, TimeUnit.SECONDS);
        assertThat(revoked).isNotNull();
        assertThat(revoked.getRevoked().getKey().getSocketId()).isEqualTo("s");
        link.peer().expectGone();
    }

    @Test
    void shouldTakeBackTheLeasesOfASessionThatEnds() throws InterruptedException {
        attach(5);
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        link.peer().send("unread\n");
        delivery();
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_LEASED);
        handler.fdSock().close();
        // What it did not read wakes the next handler, a launched one this time.
        client.register("task", Specs.lineAnswerer());
        assertThat(link.peer().readLine()).isEqualTo("got unread");
    }

    @Test
    void shouldDeliverTheLargestBurstsWithTheLongestNames() throws InterruptedException {
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
        attach(task, 10_000);
        // All deliveries come before the answer to the first acknowledgement.
        List<Long> deliveries = new ArrayList<>();
        int delivered = 0;
        while (delivered < 253) {
            FdConnection.Answer answer = handler.fdSock().receive();
            Delivery delivery = answer.frame().getDelivery();
            assertThat(answer.descriptors())
                    .hasSameSizeAs(delivery.getActivation().getSocketsList());
            deliveries.add(delivery.getDeliveryId());
            delivered += answer.descriptors().size();
            answer.descriptors().forEach(OwnedFd::close);
        }
        assertThat(delivered).isEqualTo(253);
        assertThat(deliveries).as("more than one frame's worth").hasSizeGreaterThan(1);
        for (long delivery : deliveries) {
            assertThat(handler.fdSock().acknowledge(delivery).hasReleased()).isTrue();
        }
    }
}
