package io.socketbroker.it;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call that was sent and whose reply nobody waits for yet.
 *
 * @param <A> the reply
 */
final class PendingCall<A> {
    private static final long PATIENCE_SECONDS = 20;

    private final ListenableFuture<A> future;

    /** Sends the request. */
    <Q> PendingCall(Channel channel, MethodDescriptor<Q, A> method, Q request) {
        future = ClientCalls.futureUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request);
    }

    /** Waits for the reply, or throws the status as a blocking stub would. */
    A reply() throws InterruptedException, TimeoutException {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw status;
            }
            throw new AssertionError(e);
        }
    }

    /** Tells the broker that nobody waits for the reply any more. */
    void cancel() {
        future.cancel(true);
    }
}
