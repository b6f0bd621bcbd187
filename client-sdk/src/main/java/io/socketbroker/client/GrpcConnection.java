package io.socketbroker.client;

import com.google.rpc.Code;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.socketbroker.v1.ErrorReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC channel of one client over {@code grpc.sock}, with an event loop of its own (a daemon thread). Connects with
 * the first call, and again after a loss. Once a broker was there, calls that may be repeated wait for one that is away, as
 * between a broker and its successor. Thread-safe.
 */
final class GrpcConnection implements AutoCloseable {

    /** Above 253 sockets of 64 KiB context each, the most that one answer can hold by default. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private final RuntimeDirectory directory;
    private final ClientTimeouts timeouts;
    private final EventLoopGroup eventLoop;
    private final ManagedChannel channel;
    private volatile boolean reached;
    private volatile boolean closed;

    GrpcConnection(RuntimeDirectory directory, ClientTimeouts timeouts) {
        this.directory = directory;
        this.timeouts = timeouts;
        this.eventLoop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("socketbroker-grpc", true), EpollIoHandler.newFactory());
        this.channel = NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(directory.grpcSocket().toString()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(eventLoop)
                .usePlaintext()
                // gRPC sets it on every channel, and Netty warns that a unix socket has none; null takes it away again.
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .overrideAuthority("localhost")
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .build();
    }

    /** One request, one answer, within the time-out. Cancelling the future cancels the call. */
    <Q, A> CompletableFuture<A> call(MethodDescriptor<Q, A> method, Q request) {
        if (reached) {
            // Its delays are for servers far away, and longer than ours.
            channel.resetConnectBackoff();
        }
        var call = channel.newCall(method, withDeadline());
        var result = new CompletableFuture<A>();
        var _ = result.whenComplete((answer, failure) -> {
            if (result.isCancelled()) {
                call.cancel("cancelled by the caller", null);
            }
        });
        call.start(new UnaryListener<>(result), new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
        return result;
    }

    /** As {@link #call}, of what does no harm when it is done twice: again while the broker is away, with a bound. */
    <Q, A> CompletableFuture<A> callAgain(MethodDescriptor<Q, A> method, Q request) {
        return callAgain(method, request, () -> {});
    }

    /** As the other, and tells when it is sent again. */
    <Q, A> CompletableFuture<A> callAgain(MethodDescriptor<Q, A> method, Q request, Runnable onRepetition) {
        return call(method, request)
                .exceptionallyCompose(failure -> again(method, request, failure, absence(), onRepetition));
    }

    private <Q, A> CompletableFuture<A> again(
            MethodDescriptor<Q, A> method, Q request, Throwable failure, Absence absence, Runnable onRepetition) {
        if (!(Futures.cause(failure) instanceof BrokerException e) || !isLoss(e)) {
            return CompletableFuture.failedFuture(failure);
        }
        if (closed) {
            return CompletableFuture.failedFuture(closedFailure(e));
        }
        return absence.pause(e).thenCompose(_ -> {
            if (closed) {
                return CompletableFuture.failedFuture(closedFailure(e));
            }
            onRepetition.run();
            return call(method, request)
                    .exceptionallyCompose(next -> again(method, request, next, absence, onRepetition));
        });
    }

    /** Begins now. */
    Absence absence() {
        return new Absence(timeouts.absence());
    }

    /** There is a broker: from now on one that does not answer is away for a while only. */
    void reached() {
        reached = true;
    }

    /** Whether the failure is that of a broker that ended, or is about to, and may have a successor soon. */
    boolean isAway(BrokerException failure) {
        return isLoss(failure) && !closed;
    }

    /** The same, also for a client that is closed meanwhile. */
    private boolean isLoss(BrokerException failure) {
        return reached
                && (failure.isLossOfBroker()
                        // A broker that ends cancels what it has not answered.
                        || (failure.code() == Code.CANCELLED && failure.getCause() instanceof StatusRuntimeException)
                        || failure.reason() == ErrorReason.ERROR_REASON_STOPPING);
    }

    private static BrokerException closedFailure(BrokerException cause) {
        return new BrokerException(Code.CANCELLED, "the client is closed", cause);
    }

    /** A call with a stream of answers, not yet started; without a deadline if it has no end by itself. */
    <Q, A> ClientCall<Q, A> newStream(MethodDescriptor<Q, A> method, boolean endless) {
        return channel.newCall(method, endless ? CallOptions.DEFAULT : withDeadline());
    }

    /**
     * A call with an endless stream of answers, not yet started, that waits for the connection instead of failing while
     * gRPC itself backs off: its caller bounds the wait, and cancels.
     */
    <Q, A> ClientCall<Q, A> newPatientStream(MethodDescriptor<Q, A> method) {
        channel.resetConnectBackoff();
        return channel.newCall(method, CallOptions.DEFAULT.withWaitForReady());
    }

    private CallOptions withDeadline() {
        return CallOptions.DEFAULT.withDeadlineAfter(timeouts.call().toMillis(), TimeUnit.MILLISECONDS);
    }

    BrokerException exception(Status status, Metadata trailers) {
        return GrpcErrors.exception(status.asRuntimeException(trailers), directory);
    }

    @Override
    public void close() {
        closed = true;
        channel.shutdownNow();
        try {
            var bound = timeouts.close().toMillis();
            channel.awaitTermination(bound, TimeUnit.MILLISECONDS);
            eventLoop.shutdownGracefully(0, bound, TimeUnit.MILLISECONDS).await(bound, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class UnaryListener<A> extends ClientCall.Listener<A> {

        private final CompletableFuture<A> result;
        private @Nullable A answer;

        UnaryListener(CompletableFuture<A> result) {
            this.result = result;
        }

        @Override
        public void onMessage(A message) {
            answer = message;
        }

        @Override
        public void onHeaders(Metadata headers) {
            reached();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
                var failure = exception(status, trailers);
                if (failure.reason() != ErrorReason.ERROR_REASON_UNSPECIFIED) {
                    // A refusal has no headers.
                    reached();
                }
                result.completeExceptionally(failure);
            } else if (answer == null) {
                result.completeExceptionally(new BrokerException(Code.INTERNAL, "the broker answered nothing"));
            } else {
                result.complete(answer);
            }
        }
    }
}
