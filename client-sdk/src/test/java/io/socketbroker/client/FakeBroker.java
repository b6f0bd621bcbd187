package io.socketbroker.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.BatchRefusal;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetSocketResponse;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.GetStatusResponse;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import io.socketbroker.v1.WatchEventsRequest;
import io.socketbroker.v1.WatchEventsResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** As much of a broker as a client can tell from a real one: takes sockets, gives them back, refuses. */
final class FakeBroker implements AutoCloseable {

    private static final String REFUSED = "refused for a test";
    private static final String REFUSED_FIELD = "items[0].task";
    private static final ItemError REFUSED_ITEM = ItemError.newBuilder()
            .setIndex(0)
            .setSocketId("one")
            .setReason(ErrorReason.ERROR_REASON_TASK_UNKNOWN)
            .setField(REFUSED_FIELD)
            .setMessage(REFUSED)
            .build();

    final FakeFdServer fdServer;
    final FakeLosses losses = new FakeLosses();
    final Map<String, OwnedFd> held = new ConcurrentHashMap<>();
    final Map<String, Socket> records = new ConcurrentHashMap<>();
    private final AtomicInteger tokens = new AtomicInteger();
    volatile boolean refusing;
    volatile boolean forgetful;
    volatile String forgotten = "";
    /** How often a socket is shown as one whose custody is not made. */
    final AtomicInteger unkept = new AtomicInteger();
    /** Of transfers, see {@link ErrorReason#ERROR_REASON_DEPOSIT_UNKNOWN}. */
    final AtomicInteger unknownDeposits = new AtomicInteger();

    private final RuntimeDirectory directory;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;

    FakeBroker(Path runtimeDirectory) throws IOException {
        directory = new RuntimeDirectory(runtimeDirectory);
        fdServer = new FakeFdServer(directory.fdSocket(), this::transferFrame);
        fdServer.give(new Reclaims());
        server = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(directory.grpcSocket().toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .addService(new Sockets())
                .addService(new Admin())
                .addService(new Tasks())
                .addService(new Leases())
                .intercept(losses)
                .build()
                .start();
    }

    BrokerClient client() {
        return BrokerClient.connect(directory.path());
    }

    RuntimeDirectory directory() {
        return directory;
    }

    static StatusRuntimeException refusal(Code code, ErrorReason reason, Message... more) {
        var info = ErrorInfo.newBuilder()
                .setDomain("socketbroker")
                .setReason(reason.name().substring("ERROR_REASON_".length()))
                .putMetadata("field", REFUSED_FIELD);
        var status = Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(REFUSED)
                .addDetails(Any.pack(info.build()));
        for (var detail : more) {
            status.addDetails(Any.pack(detail));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** The same transfer in one frame, with the same losses. */
    private Optional<FdFrame.Builder> transferFrame(TransferOwnershipRequest request, List<OwnedFd> fds) {
        var loss = losses.next(SocketServiceGrpc.getTransferOwnershipMethod());
        if (loss.equals(Optional.of(FakeLosses.Loss.CALL))) {
            fds.forEach(OwnedFd::close);
            return Optional.empty();
        }
        if (refusing) {
            fds.forEach(OwnedFd::close);
            return Optional.of(FdFrame.newBuilder()
                    .setError(io.socketbroker.v1.Error.newBuilder()
                            .setReason(ErrorReason.ERROR_REASON_TASK_UNKNOWN)
                            .setField(REFUSED_FIELD)
                            .setMessage(REFUSED)
                            .putDetails("field", REFUSED_FIELD)
                            .addItems(REFUSED_ITEM)));
        }
        var answer = FdFrame.newBuilder().setTransferred(park(request, fds));
        if (loss.isEmpty()) {
            return Optional.of(answer);
        }
        return loss.get() == FakeLosses.Loss.SILENCE ? Optional.of(FdFrame.newBuilder()) : Optional.empty();
    }

    /** The same reclaim in one frame. */
    private final class Reclaims implements FakeFdServer.Giver {

        @Override
        public Optional<FakeFdServer.Claimable> give(ReclaimRequest request) {
            return losses.next(SocketServiceGrpc.getReclaimMethod()).isPresent()
                    ? Optional.empty()
                    : Optional.of(claimable(request, true));
        }

        @Override
        public boolean isTooMuch(ReclaimRequest request) {
            return request.getKeysList().stream()
                            .mapToInt(key -> Objects.requireNonNull(records.get(key.getSocketId()))
                                    .getContext()
                                    .size())
                            .sum()
                    > FdConnection.MAX_FRAME_BYTES / 2;
        }
    }

    private FakeFdServer.Claimable claimable(ReclaimRequest request, boolean withContext) {
        var activation = io.socketbroker.v1.Activation.newBuilder();
        var fds = new ArrayList<OwnedFd>();
        for (var key : request.getKeysList()) {
            var parked = Objects.requireNonNull(records.get(key.getSocketId())).toBuilder();
            activation.addSocketsBuilder().setSocket(withContext ? parked : parked.clearContext());
            fds.add(Objects.requireNonNull(held.remove(key.getSocketId())));
        }
        return new FakeFdServer.Claimable(activation.build(), List.copyOf(fds));
    }

    private TransferOwnershipResponse park(TransferOwnershipRequest request, List<OwnedFd> fds) {
        var answer = TransferOwnershipResponse.newBuilder();
        for (int i = 0; i < fds.size(); i++) {
            answer.addSockets(park(request.getItems(i), fds.get(i)));
        }
        return answer.build();
    }

    private Socket park(TransferItem item, OwnedFd fd) {
        var key = io.socketbroker.v1.SocketKey.newBuilder().setSocketId(item.getSocketId());
        var parked = Socket.newBuilder()
                .setKey(key)
                .setTask(item.getTask())
                .setContext(item.getContext())
                .setCookie(SocketOptions.cookie(fd.fd()))
                .build();
        held.put(item.getSocketId(), fd);
        records.put(item.getSocketId(), parked);
        return parked;
    }

    private final class Sockets extends SocketServiceGrpc.SocketServiceImplBase {

        @Override
        public void transferOwnership(
                TransferOwnershipRequest request, StreamObserver<TransferOwnershipResponse> observer) {
            Awaitility.await()
                    .atMost(3, TimeUnit.SECONDS)
                    .until(() -> fdServer.deposits.containsKey(request.getDepositId()));
            var fds = Objects.requireNonNull(fdServer.deposits.remove(request.getDepositId()));
            if (unknownDeposits.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                fds.forEach(OwnedFd::close);
                observer.onError(refusal(Code.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN));
                return;
            }
            if (refusing) {
                fds.forEach(OwnedFd::close);
                var batch = BatchRefusal.newBuilder().addErrors(REFUSED_ITEM);
                observer.onError(refusal(Code.NOT_FOUND, ErrorReason.ERROR_REASON_TASK_UNKNOWN, batch.build()));
                return;
            }
            observer.onNext(park(request, fds));
            observer.onCompleted();
        }

        @Override
        public void reclaim(ReclaimRequest request, StreamObserver<ReclaimResponse> observer) {
            var token = ByteString.copyFromUtf8("token-" + tokens.incrementAndGet());
            var answer = ReclaimResponse.newBuilder().setToken(token);
            request.getKeysList()
                    .forEach(key -> answer.addSockets(Objects.requireNonNull(records.get(key.getSocketId()))));
            fdServer.claimables.put(token, claimable(request, false));
            observer.onNext(answer.build());
            observer.onCompleted();
        }

        @Override
        public void getSocket(GetSocketRequest request, StreamObserver<GetSocketResponse> observer) {
            var found = records.get(request.getKey().getSocketId());
            if (found == null || forgetful || found.getKey().getSocketId().equals(forgotten)) {
                observer.onError(refusal(Code.NOT_FOUND, ErrorReason.ERROR_REASON_SOCKET_UNKNOWN));
                return;
            }
            var state = unkept.getAndUpdate(n -> Math.max(0, n - 1)) > 0
                    ? SocketState.SOCKET_STATE_DEPOSITED
                    : SocketState.SOCKET_STATE_PARKED;
            observer.onNext(GetSocketResponse.newBuilder()
                    .setSocket(found.toBuilder().setState(state))
                    .build());
            observer.onCompleted();
        }

        @Override
        public void listSockets(ListSocketsRequest request, StreamObserver<ListSocketsResponse> observer) {
            // One socket a page, so that a client must follow the pages.
            var sorted = records.values().stream()
                    .sorted(Comparator.comparing(s -> s.getKey().getSocketId()))
                    .toList();
            int index = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
            var answer = ListSocketsResponse.newBuilder();
            if (index < sorted.size()) {
                answer.addSockets(sorted.get(index));
            }
            if (index + 1 < sorted.size()) {
                answer.setNextPageToken(Integer.toString(index + 1));
            }
            observer.onNext(answer.build());
            observer.onCompleted();
        }
    }

    private static final class Tasks extends TaskServiceGrpc.TaskServiceImplBase {

        @Override
        public void registerTask(RegisterTaskRequest request, StreamObserver<RegisterTaskResponse> observer) {
            observer.onNext(RegisterTaskResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }

    /** Every lease is over. */
    private static final class Leases extends SessionServiceGrpc.SessionServiceImplBase {

        @Override
        public void complete(CompleteRequest request, StreamObserver<CompleteResponse> observer) {
            var error = ItemError.newBuilder().setReason(ErrorReason.ERROR_REASON_STALE_GENERATION);
            observer.onNext(CompleteResponse.newBuilder().addErrors(error).build());
            observer.onCompleted();
        }
    }

    private static final class Admin extends AdminServiceGrpc.AdminServiceImplBase {

        @Override
        public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
            observer.onNext(GetStatusResponse.getDefaultInstance());
            observer.onCompleted();
        }

        @Override
        public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
            for (int i = 1; i <= 3; i++) {
                var event = Event.newBuilder().setSequence(request.getAfterSequence() + i);
                observer.onNext(WatchEventsResponse.newBuilder().setEvent(event).build());
            }
            if (!request.getFollow()) {
                observer.onCompleted();
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        Awaitility.await().until(server::isTerminated);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        fdServer.close();
        held.values().forEach(OwnedFd::close);
    }
}
