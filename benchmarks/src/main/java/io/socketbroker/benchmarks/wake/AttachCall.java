package io.socketbroker.benchmarks.wake;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.v1.AttachCredit;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.TaskKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The gRPC stream of a session, by the generated stubs alone. For one thread. */
final class AttachCall implements AutoCloseable {
    /** The most that the protocol allows. */
    static final int CREDIT = 10_000;

    private static final int ID_BYTES = 16;

    private final EventLoopGroup eventLoop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("attach", true), EpollIoHandler.newFactory());
    private final ManagedChannel channel;
    private final StreamObserver<AttachRequest> requests;
    private final CompletableFuture<AttachResponse> first = new CompletableFuture<>();

    AttachCall(Path socket) {
        channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .eventLoopGroup(eventLoop)
                .channelType(EpollDomainSocketChannel.class)
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        requests = SessionServiceGrpc.newStub(channel).attach(new Responses());
    }

    /** Gives the session's id, for Hello. */
    ByteString start(TaskKey task) {
        byte[] id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        ByteString sessionId = ByteString.copyFrom(id);
        requests.onNext(AttachRequest.newBuilder()
                .setStart(AttachStart.newBuilder()
                        .setTask(task)
                        .setSessionId(sessionId)
                        .setCredit(CREDIT))
                .build());
        return sessionId;
    }

    void awaitStarted() {
        try {
            AttachResponse response = first.get(Receiver.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!response.hasStarted()) {
                throw new InvalidRunException("the broker said " + response);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new InvalidRunException("the broker opens no session", e);
        }
    }

    void addCredit(int more) {
        if (more > 0) {
            requests.onNext(AttachRequest.newBuilder()
                    .setCredit(AttachCredit.newBuilder().setActivations(more))
                    .build());
        }
    }

    /** The end of a session, or of a lease, shows on fd.sock as well: only the first word is waited for. */
    private final class Responses implements StreamObserver<AttachResponse> {
        @Override
        public void onNext(AttachResponse response) {
            first.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            first.completeExceptionally(new InvalidRunException("the broker ended the session"));
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        var _ = eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
