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
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.RegisterTaskRequest;
import io.socketbroker.v1.RegisterTaskResponse;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskServiceGrpc;
import io.socketbroker.v1.WatchEventsRequest;
import io.socketbroker.v1.WatchEventsResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Answers every question the same way, and remembers the last registration. */
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

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;
    private volatile Optional<RegisterTaskRequest> registered = Optional.empty();

    CannedBroker(Path runtimeDirectory) throws IOException {
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

    RegisterTaskRequest registered() {
        return registered.orElseThrow();
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

    private static final class Sockets extends SocketServiceGrpc.SocketServiceImplBase {
        @Override
        public void listSockets(ListSocketsRequest request, StreamObserver<ListSocketsResponse> observer) {
            answer(observer, ListSocketsResponse.newBuilder().addSockets(SOCKET).build());
        }

        @Override
        public void getSocket(GetSocketRequest request, StreamObserver<GetSocketResponse> observer) {
            if (request.getKey().getSocketId().equals("one")) {
                answer(
                        observer,
                        GetSocketResponse.newBuilder().setSocket(SOCKET).build());
            } else {
                observer.onError(refusal(Code.NOT_FOUND, "SOCKET_UNKNOWN", "there is no\n such socket"));
            }
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
    }

    private static final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
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
        public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
            for (int i = 1; i <= 2; i++) {
                var event = Event.newBuilder()
                        .setSequence(i)
                        .setType(EventType.EVENT_TYPE_SOCKET_PARKED)
                        .setSocket(SOCKET.getKey());
                observer.onNext(WatchEventsResponse.newBuilder().setEvent(event).build());
            }
            observer.onCompleted();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
