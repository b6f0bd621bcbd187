package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches of the most descriptors that one message carries, and what lies beyond. */
final class LimitsIT {
    /** SCM_MAX_FD. */
    private static final int MOST = 253;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private static List<Link> links(int count) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            links.add(broker.closeLater(Link.unix(Sockets.SOCK_STREAM)));
        }
        return links;
    }

    private static List<Fd> mine(List<Link> links) {
        return links.stream().map(link -> link.mine().fd()).toList();
    }

    /** Connections whose addresses are the longest that there are: what the broker says of each is the most. */
    private static List<Fd> longAddresses() {
        String name = "n".repeat(104);
        List<Fd> connections = new ArrayList<>();
        OwnedFd listener = broker.closeLater(Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0));
        Sockets.bind(listener.fd(), new Endpoint.UnixAbstract(name + "own"));
        Sockets.listen(listener.fd(), 8);
        for (int i = 0; i < MOST; i++) {
            OwnedFd peer = broker.closeLater(Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_STREAM, 0));
            Sockets.bind(peer.fd(), new Endpoint.UnixAbstract(name + (100 + i)));
            Sockets.connect(peer.fd(), new Endpoint.UnixAbstract(name + "own"));
            connections.add(
                    broker.closeLater(Sockets.accept(listener.fd(), false).orElseThrow())
                            .fd());
        }
        return connections;
    }

    @Test
    void shouldTakeAndGiveBackTheMostInOneBatch() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.lineAnswerer());
        List<Link> links = links(MOST);
        List<TransferItem> items = new ArrayList<>();
        String[] ids = new String[MOST];
        for (int i = 0; i < MOST; i++) {
            ids[i] = "s" + i;
            // The largest contexts: 16 MiB in one call, and back.
            items.add(ProtocolClient.item("task", ids[i])
                    .setContext(ByteString.copyFrom(new byte[64 * 1024]))
                    .build());
        }
        List<Socket> parked = client.transfer(mine(links), items);
        links.forEach(link -> link.mine().close());
        assertThat(parked).hasSize(MOST);
        links.get(100).peer().send("hello\n");
        assertThat(links.get(100).peer().readLine()).isEqualTo("got hello");
        Await.parked(client, "s100");
        ProtocolClient.Reclaimed back = client.reclaim(ids);
        back.descriptors().forEach(broker::closeLater);
        assertThat(back.descriptors()).hasSize(MOST);
        for (int i = 0; i < MOST; i++) {
            assertThat(SocketOptions.cookie(back.descriptors().get(i).fd()))
                    .isEqualTo(parked.get(i).getCookie());
            assertThat(back.response().getSockets(i).getContext().size()).isEqualTo(64 * 1024);
        }
        assertThat(client.socketIds()).isEmpty();
    }

    @Test
    void shouldGiveBackTheMostWithTheLongestNames() {
        ProtocolClient client = broker.client();
        String app = "a".repeat(128);
        String task = "t".repeat(128);
        client.tasks()
                .registerTask(RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setApp(app).setName(task))
                        .setSpec(Specs.command("/bin/cat"))
                        .build());
        TransferOwnershipRequest.Builder request =
                TransferOwnershipRequest.newBuilder().setApp(app);
        for (int i = 0; i < MOST; i++) {
            request.addItems(ProtocolClient.item(task, "s".repeat(252) + (100 + i)));
        }
        client.transfer(longAddresses(), request);
        assertThat(client.sockets()
                        .listSockets(ListSocketsRequest.newBuilder().setApp(app).build())
                        .getSocketsCount())
                .isEqualTo(MOST);
        var reclaim = ReclaimRequest.newBuilder();
        request.getItemsList()
                .forEach(item -> reclaim.addKeysBuilder().setApp(app).setSocketId(item.getSocketId()));
        var token = client.sockets().reclaim(reclaim.build()).getToken();
        try (FdConnection.Answer delivery = client.fdSock().claim(token)) {
            assertThat(delivery.descriptors()).hasSize(MOST);
            assertThat(delivery.frame().getDelivery().getActivation().getSocketsCount())
                    .isEqualTo(MOST);
            client.fdSock().acknowledge(delivery.frame().getDelivery().getDeliveryId());
        }
        assertThat(client.socketIds()).isEmpty();
    }

    /** Each of them is within its bound, and the answer would not be: it says less of each instead. */
    @Test
    void shouldAnswerInBriefWhatAFrameHasNoRoomFor() {
        ProtocolClient client = broker.client();
        String app = "a".repeat(128);
        String task = "t".repeat(128);
        client.tasks()
                .registerTask(RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setApp(app).setName(task))
                        .setSpec(Specs.command("/bin/cat"))
                        .build());
        TransferOwnershipRequest.Builder request =
                TransferOwnershipRequest.newBuilder().setApp(app);
        for (int i = 0; i < MOST; i++) {
            request.addItems(ProtocolClient.item(task, "s".repeat(147) + (100 + i)));
        }
        List<Fd> connections = longAddresses();
        FdFrame answer = client.fdSock().transfer(request, connections.toArray(Fd[]::new));
        assertThat(answer.getTransferred().getSocketsList())
                .extracting(Socket::getCookie)
                .isEqualTo(connections.stream().map(SocketOptions::cookie).toList());
        assertThat(answer.getTransferred().getSockets(MOST - 1)).satisfies(socket -> {
            assertThat(socket.getKey().getApp()).isEqualTo(app);
            assertThat(socket.getKey().getSocketId())
                    .isEqualTo(request.getItems(MOST - 1).getSocketId());
            assertThat(socket.getTask()).isEqualTo(task);
            assertThat(socket.getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
            assertThat(socket.hasPeer()).isFalse();
        });
    }

    /** The broker closes what it refuses: no need to wait until it forgets. */
    private static void discard(ProtocolClient client, List<ByteString> deposits) {
        for (ByteString deposit : deposits) {
            Refusal.of(() -> client.sockets()
                            .transferOwnership(TransferOwnershipRequest.newBuilder()
                                    .setDepositId(deposit)
                                    .build()))
                    .expect(Code.INVALID_ARGUMENT, "DESCRIPTOR_COUNT_MISMATCH", "items");
        }
    }

    @Test
    void shouldNotBeReachedByMoreThanTheMost() throws Exception {
        Path script = Scripts.copy("too_many.py", broker.home());
        Path fdSock = broker.process().runtimeDirectory().resolve("fd.sock");
        Process process = new ProcessBuilder(Puppets.PYTHON, script.toString(), fdSock.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(process.inputReader().readAllAsString()).isEqualTo("EINVAL\ndeposited\n");
        assertThat(process.waitFor()).isZero();
        discard(broker.client(), List.of(ByteString.copyFromUtf8("0123456789abcdef")));
    }

    @Test
    void shouldRefuseADepositThatCountsWrong() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        for (int count : new int[] {0, 2, 254, -1}) {
            FdFrame answer = client.fdSock()
                    .deposit(ProtocolClient.newDepositId(), count, link.mine().fd());
            assertThat(answer.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH);
            assertThat(answer.getError().getField()).isEqualTo("deposit.descriptor_count");
        }
        assertThat(client.fdSock()
                        .deposit(ProtocolClient.newDepositId(), 0)
                        .getError()
                        .getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH);
        link.exchange();
    }

    @Test
    void shouldRefuseASecondDepositOfTheSameIdAndTooManyThatWait() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.command("/bin/cat"));
        Link link = broker.link();
        ByteString id = ProtocolClient.newDepositId();
        assertThat(client.fdSock().deposit(id, 1, link.mine().fd()).hasDeposited())
                .isTrue();
        Link other = broker.link();
        assertThat(client.fdSock().deposit(id, 1, other.mine().fd()).getError().getReason())
                .isEqualTo(ErrorReason.ERROR_REASON_DEPOSIT_DUPLICATE);
        List<ByteString> waiting = new ArrayList<>(List.of(id));
        FdFrame answer = FdFrame.getDefaultInstance();
        while (!answer.hasError()) {
            waiting.add(ProtocolClient.newDepositId());
            answer = client.fdSock().deposit(waiting.getLast(), 1, other.mine().fd());
        }
        assertThat(waiting).as("16 may wait, and one more was tried").hasSize(17);
        assertThat(answer.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_LIMIT_REACHED);
        assertThat(answer.getError().getMessage()).contains("deposits-per-uid = 16");
        other.exchange();
        // The first one is as good as ever.
        client.sockets()
                .transferOwnership(TransferOwnershipRequest.newBuilder()
                        .setDepositId(id)
                        .addItems(ProtocolClient.item("task", "s"))
                        .build());
        assertThat(client.socketIds()).containsExactly("s");
        discard(client, waiting.subList(1, 16));
    }

    @Test
    void shouldRefuseABatchOfNone() {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        Refusal.of(() -> client.transfer(List.of(link.mine().fd()), List.of()))
                .expect(Code.INVALID_ARGUMENT, "DESCRIPTOR_COUNT_MISMATCH", "items");
        Refusal.of(() -> client.startReclaim()).expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "keys");
        String[] many = new String[MOST + 1];
        Arrays.setAll(many, i -> "s" + i);
        Refusal.of(() -> client.startReclaim(many)).expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "keys");
    }

    @Test
    void shouldRefuseAReclaimThatNamesASocketTwice() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.lineAnswerer());
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        Refusal.of(() -> client.startReclaim("s", "s")).expect(Code.INVALID_ARGUMENT, "INVALID_FIELD", "keys[1]");
        Refusal.of(() -> client.startReclaim("s", "t")).expect(Code.NOT_FOUND, "SOCKET_UNKNOWN", "keys[1]");
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("got hello");
        Await.parked(client, "s");
        try (OwnedFd back = client.reclaim("s").descriptor()) {
            assertThat(back.isOpen()).isTrue();
        }
    }
}
