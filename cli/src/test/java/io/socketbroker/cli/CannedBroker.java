package io.socketbroker.cli;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
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
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CloseSocketResponse;
import io.socketbroker.v1.Endpoint;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetSocketResponse;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.GetStatusResponse;
import io.socketbroker.v1.GetTaskRequest;
import io.socketbroker.v1.GetTaskResponse;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.ListTasksResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.ReloadRequest;
import io.socketbroker.v1.ReloadResponse;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import io.socketbroker.v1.UpdateSocketRequest;
import io.socketbroker.v1.UpdateSocketResponse;
import io.socketbroker.v1.WatchEventsRequest;
import io.socketbroker.v1.WatchEventsResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Answers every question the same way, and remembers what it was told last. */
final class CannedBroker implements AutoCloseable {

    static final Socket SOCKET = Socket.newBuilder()
            .setKey(SocketKey.newBuilder().setApp("shop").setSocketId("one").setUid(7))
            .setKind(SocketKind.SOCKET_KIND_STREAM)
            .setState(SocketState.SOCKET_STATE_PARKED)
            .setTask("echo")
            .setCookie(77)
            .setProtocol("tcp")
            .setLocal(Endpoint.newBuilder().setText("127.0.0.1:80"))
            .setPeer(Endpoint.newBuilder().setText("127.0.0.1:4000"))
            .setContext(ByteString.copyFromUtf8("state\n"))
            .build();

    static final List<EventType> EVENTS = List.of(
            EventType.EVENT_TYPE_SOCKET_PARKED,
            EventType.EVENT_TYPE_CONNECTION_REFUSED,
            EventType.EVENT_TYPE_WAKE_DEFERRED);

    /** The answer to the questions of a socket. */
    volatile Socket socket = SOCKET;

    /** The answer to the questions of tasks. */
    volatile Task task = Task.getDefaultInstance();

    /** The answer to a reload. */
    volatile ReloadResponse reload = ReloadResponse.getDefaultInstance();

    private final CannedTransfers transfers;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;
    private volatile Optional<RegisterTaskRequest> registered = Optional.empty();
    private volatile Optional<TransferItem> transferred = Optional.empty();
    private volatile Optional<UpdateSocketRequest> updated = Optional.empty();

    CannedBroker(Path runtimeDirectory) throws IOException {
        transfers = new CannedTransfers(runtimeDirectory.resolve("fd.sock"), this::transfer);
        server = NettyServerBuilder.forAddress(new DomainSocketAddress(
                        runtimeDirectory.resolve("grpc.sock").toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .addService(new Sockets())
                .addService(new Tasks())
                .addService(new Admin())
                .build()
                .start();
    }

    private TransferOwnershipResponse transfer(TransferOwnershipRequest request) {
        transferred = Optional.of(request.getItems(0));
        return TransferOwnershipResponse.newBuilder().addSockets(socket).build();
    }

    RegisterTaskRequest registered() {
        return registered.orElseThrow();
    }

    TransferItem transferred() {
        return transferred.orElseThrow();
    }

    UpdateSocketRequest updated() {
        return updated.orElseThrow();
    }

    private static <T> void answer(StreamObserver<T> observer, T message) {
        observer.onNext(message);
        observer.onCompleted();
    }

    private static StatusRuntimeException refusal(Code code, String reason, String message) {
        var info = ErrorInfo.newBuilder().setDomain("socketbroker").setReason(reason);
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(info.build()))
                .build());
    }

    private final class Sockets extends SocketServiceGrpc.SocketServiceImplBase {
        @Override
        public void listSockets(ListSocketsRequest request, StreamObserver<ListSocketsResponse> observer) {
            answer(observer, ListSocketsResponse.newBuilder().addSockets(SOCKET).build());
        }

        @Override
        public void getSocket(GetSocketRequest request, StreamObserver<GetSocketResponse> observer) {
            if (request.getKey().getSocketId().equals("one")) {
                answer(
                        observer,
                        GetSocketResponse.newBuilder().setSocket(socket).build());
            } else {
                observer.onError(refusal(Code.NOT_FOUND, "SOCKET_UNKNOWN", "there is no\n such socket"));
            }
        }

        @Override
        public void updateSocket(UpdateSocketRequest request, StreamObserver<UpdateSocketResponse> observer) {
            updated = Optional.of(request);
            answer(observer, UpdateSocketResponse.newBuilder().setSocket(socket).build());
        }

        @Override
        public void closeSocket(CloseSocketRequest request, StreamObserver<CloseSocketResponse> observer) {
            observer.onError(refusal(Code.PERMISSION_DENIED, "FOREIGN_UID", "not yours"));
        }
    }

    private final class Tasks extends TaskServiceGrpc.TaskServiceImplBase {
        @Override
        public void registerTask(RegisterTaskRequest request, StreamObserver<RegisterTaskResponse> observer) {
            registered = Optional.of(request);
            answer(observer, RegisterTaskResponse.newBuilder().setReplaced(true).build());
        }

        @Override
        public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> observer) {
            answer(observer, GetTaskResponse.newBuilder().setTask(task).build());
        }

        @Override
        public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> observer) {
            answer(observer, ListTasksResponse.newBuilder().addTasks(task).build());
        }
    }

    private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
            answer(
                    observer,
                    GetStatusResponse.newBuilder()
                            .setPid(12)
                            .putSocketsByState("PARKED", 3)
                            .build());
        }

        @Override
        public void reload(ReloadRequest request, StreamObserver<ReloadResponse> observer) {
            answer(observer, reload);
        }

        @Override
        public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
            for (var type : EVENTS) {
                var event = Event.newBuilder()
                        .setSequence(EVENTS.indexOf(type) + 1)
                        .setType(type)
                        .setSocket(SOCKET.getKey());
                observer.onNext(WatchEventsResponse.newBuilder().setEvent(event).build());
            }
            observer.onCompleted();
        }
    }

    @Override
    public void close() {
        transfers.close();
        server.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
