package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStarted;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The broker's side of sessions: one session at a time, as often as it likes to attach. */
final class FakeSessionBroker implements AutoCloseable {

    final FakeSessionFds fds;
    final List<AttachRequest> starts = new CopyOnWriteArrayList<>();
    final AtomicInteger credit = new AtomicInteger();
    final AtomicInteger drains = new AtomicInteger();
    volatile ErrorReason refusal = ErrorReason.ERROR_REASON_UNSPECIFIED;
    /** What happens at the broker before it takes notice of a drain. */
    volatile Runnable onDrain = () -> {};

    private final AtomicInteger mostCredit = new AtomicInteger();
    private final AtomicLong lastId = new AtomicLong();
    private final Path directory;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Server server;
    private volatile @Nullable StreamObserver<AttachResponse> stream;

    FakeSessionBroker(Path directory) throws IOException {
        this.directory = directory;
        fds = new FakeSessionFds(directory.resolve("fd.sock"));
        server = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(directory.resolve("grpc.sock").toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .addService(new SessionService())
                .build()
                .start();
    }

    /** Whether a session was told that it is open, and has not ended. */
    boolean isAttached() {
        return stream != null;
    }

    void awaitDetached() {
        Awaitility.await().until(() -> !isAttached());
    }

    /** The most credit that the session ever had with the sockets that it worked on. */
    int mostCredit() {
        return mostCredit.get();
    }

    private final class SessionService extends SessionServiceGrpc.SessionServiceImplBase {

        @Override
        public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> responses) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AttachRequest request) {
                    take(request, responses);
                }

                @Override
                public void onError(Throwable failure) {
                    stream = null;
                    fds.hangUp();
                }

                @Override
                public void onCompleted() {
                    fds.hangUp();
                }
            };
        }
    }

    private void take(AttachRequest request, StreamObserver<AttachResponse> responses) {
        switch (request.getMessageCase()) {
            case START -> {
                starts.add(request);
                if (refusal != ErrorReason.ERROR_REASON_UNSPECIFIED) {
                    responses.onError(FakeBroker.refusal(Code.NOT_FOUND, refusal));
                    return;
                }
                credit.set(request.getStart().getCredit());
                fds.awaitHello(request.getStart().getSessionId());
                responses.onNext(AttachResponse.newBuilder()
                        .setStarted(AttachStarted.getDefaultInstance())
                        .build());
                stream = responses;
            }
            case CREDIT -> {
                int now = credit.addAndGet(request.getCredit().getActivations());
                mostCredit.accumulateAndGet(now, Math::max);
            }
            case DRAIN -> {
                onDrain.run();
                drains.incrementAndGet();
            }
            case MESSAGE_NOT_SET -> throw new IllegalStateException("nothing is set");
        }
    }

    /** A delivery of these sockets, with ids "s0", "s1" and so on. Gives the activation's id. */
    long deliver(List<OwnedFd> sockets) {
        var delivery = delivery(sockets.size());
        credit.addAndGet(-sockets.size());
        fds.push(delivery, sockets);
        return delivery.getActivation().getActivationId();
    }

    /** As {@link #deliver}, to a session that may be gone. */
    void tryDeliver(List<OwnedFd> sockets) {
        try {
            deliver(sockets);
        } catch (IllegalStateException | LinuxException e) {
            // Nobody was there: a broker keeps the sockets.
            return;
        }
    }

    Delivery delivery(int sockets) {
        long id = lastId.incrementAndGet();
        var activation = Activation.newBuilder().setActivationId(id);
        for (int i = 0; i < sockets; i++) {
            activation
                    .addSocketsBuilder()
                    .setSocket(Socket.newBuilder()
                            .setKey(key(i))
                            .setGeneration(100 + i)
                            .setContext(ByteString.copyFromUtf8("context " + i)))
                    .setTrigger(TriggerDetails.newBuilder()
                            .setReason(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY)
                            .setAttempt(2)
                            .setPeerClosed(true));
        }
        return Delivery.newBuilder()
                .setActivation(activation)
                .setDeliveryId(id)
                .setToken(ByteString.copyFromUtf8("token " + id))
                .build();
    }

    /** Launches a handler for these sockets: what its claim brings. */
    void launch(List<OwnedFd> sockets) {
        fds.launched = new FakeSessionFds.Launch(delivery(sockets.size()), sockets);
    }

    static SocketKey key(int index) {
        return SocketKey.newBuilder().setApp("app").setSocketId("s" + index).build();
    }

    void revoke(long activationId, int socket) {
        Awaitility.await().until(() -> stream != null);
        var to = stream;
        if (to != null) {
            to.onNext(AttachResponse.newBuilder()
                    .setRevoked(LeaseRevoked.newBuilder()
                            .setActivationId(activationId)
                            .setKey(key(socket))
                            .setMessage("closed by its owner"))
                    .build());
        }
    }

    @Override
    public void close() {
        fds.close();
        server.shutdownNow();
        Awaitility.await().until(server::isTerminated);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        try {
            Files.deleteIfExists(directory.resolve("grpc.sock"));
            Files.deleteIfExists(directory.resolve("fd.sock"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
