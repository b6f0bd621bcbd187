package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.ExplainRequest;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A client of the bare protocol: generated stubs, and fd.sock by hand. Not thread-safe. */
final class ProtocolClient implements AutoCloseable {
    private static final long CALL_SECONDS = 20;
    /** A reclaim of 253 sockets with 64 KiB of context each. */
    private static final int MOST_MESSAGE_BYTES = 20 << 20;

    private static final EventLoopGroup EVENT_LOOP =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("client", true), EpollIoHandler.newFactory());

    private final ManagedChannel channel;
    private final FdConnection fdSock;

    /** Connects to the broker of this folder. */
    ProtocolClient(Path runtimeDirectory) {
        channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(
                        runtimeDirectory.resolve("grpc.sock").toFile()))
                .eventLoopGroup(EVENT_LOOP)
                .channelType(EpollDomainSocketChannel.class)
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        fdSock = new FdConnection(runtimeDirectory);
    }

    /** For stubs of other services. */
    ManagedChannel channel() {
        return channel;
    }

    FdConnection fdSock() {
        return fdSock;
    }

    TaskServiceGrpc.TaskServiceBlockingStub tasks() {
        return TaskServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    SocketServiceGrpc.SocketServiceBlockingStub sockets() {
        return SocketServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    SessionServiceGrpc.SessionServiceBlockingStub sessions() {
        return SessionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    Task register(String name, TaskSpec spec) {
        return tasks().registerTask(RegisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName(name))
                        .setSpec(spec)
                        .build())
                .getTask();
    }

    static ByteString newDepositId() {
        UUID random = UUID.randomUUID();
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits())
                .flip());
    }

    static TransferItem.Builder item(String task, String id) {
        return TransferItem.newBuilder().setTask(task).setSocketId(id);
    }

    /** Deposits and transfers; the caller still owns its copies. */
    List<Socket> transfer(List<Fd> descriptors, List<TransferItem> items) {
        return transfer(descriptors, TransferOwnershipRequest.newBuilder().addAllItems(items));
    }

    /** As the other, with a request that lacks only its deposit id. */
    List<Socket> transfer(List<Fd> descriptors, TransferOwnershipRequest.Builder request) {
        ByteString id = newDepositId();
        FdFrame deposited = fdSock.deposit(id, descriptors.size(), descriptors.toArray(Fd[]::new));
        assertThat(deposited.hasDeposited()).as("deposited: %s", deposited).isTrue();
        return sockets().transferOwnership(request.setDepositId(id).build()).getSocketsList();
    }

    /** Calls without waiting for the reply; on return the broker has the call. */
    PendingCall<TransferOwnershipResponse> startTransfer(TransferOwnershipRequest request) {
        var call = new PendingCall<>(channel, SocketServiceGrpc.getTransferOwnershipMethod(), request);
        // The broker takes the calls of one connection in their order.
        socketIds();
        return call;
    }

    /** Transfers one socket; the caller still owns its copy. */
    Socket transfer(Fd descriptor, TransferItem.Builder item) {
        return transfer(List.of(descriptor), List.of(item.build())).getFirst();
    }

    /** Gives one socket away: the copy is closed after the reply. */
    Socket park(OwnedFd socket, TransferItem.Builder item) {
        Socket parked = transfer(socket.fd(), item);
        socket.close();
        return parked;
    }

    /** As the other, without options. */
    Socket park(OwnedFd socket, String task, String id) {
        return park(socket, item(task, id));
    }

    /** What came back: the descriptors, and what the broker said of them. */
    record Reclaimed(List<OwnedFd> descriptors, ReclaimResponse response) {
        OwnedFd descriptor() {
            assertThat(descriptors).hasSize(1);
            return descriptors.getFirst();
        }
    }

    /** Takes sockets back in both phases. */
    Reclaimed reclaim(String... ids) {
        ReclaimResponse response = startReclaim(ids);
        FdConnection.Answer delivered = fdSock.claim(response.getToken());
        assertThat(delivered.frame().hasDelivery())
                .as("delivery: %s", delivered.frame())
                .isTrue();
        long deliveryId = delivered.frame().getDelivery().getDeliveryId();
        assertThat(fdSock.acknowledge(deliveryId).getReleased().getDeliveryId()).isEqualTo(deliveryId);
        return new Reclaimed(delivered.descriptors(), response);
    }

    /** The first phase alone. */
    ReclaimResponse startReclaim(String... ids) {
        ReclaimRequest.Builder request = ReclaimRequest.newBuilder();
        for (String id : ids) {
            request.addKeys(key(id));
        }
        return sockets().reclaim(request.build());
    }

    static SocketKey key(String id) {
        return SocketKey.newBuilder().setSocketId(id).build();
    }

    Socket socket(String id) {
        return sockets()
                .getSocket(GetSocketRequest.newBuilder().setKey(key(id)).build())
                .getSocket();
    }

    /** Why it did or did not wake, in words. */
    String explain(String id) {
        return admin().explain(ExplainRequest.newBuilder().setKey(key(id)).build())
                .getExplanation();
    }

    Task task(String name) {
        return tasks().getTask(GetTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder().setName(name))
                        .build())
                .getTask();
    }

    /** Ids of all sockets that the broker shows. */
    List<String> socketIds() {
        List<String> ids = new ArrayList<>();
        sockets()
                .listSockets(ListSocketsRequest.getDefaultInstance())
                .getSocketsList()
                .forEach(socket -> ids.add(socket.getKey().getSocketId()));
        return ids;
    }

    /** All sockets that the broker shows, however many pages they take. */
    List<Socket> allSockets() {
        List<Socket> all = new ArrayList<>();
        String page = "";
        do {
            var answer = sockets()
                    .listSockets(
                            ListSocketsRequest.newBuilder().setPageToken(page).build());
            all.addAll(answer.getSocketsList());
            page = answer.getNextPageToken();
        } while (!page.isEmpty());
        return all;
    }

    @Override
    public void close() {
        fdSock.close();
        channel.shutdownNow();
        try {
            assertThat(channel.awaitTermination(CALL_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
