package io.socketbroker.client;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.WatchEventsRequest;
import io.socketbroker.v1.WatchEventsResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Events of the broker on their way to a consumer, which runs on a thread of gRPC, one event at a time and in order. A
 * slow consumer holds the stream up; the broker then drops events and says how many. Thread-safe.
 */
public final class EventSubscription implements AutoCloseable {

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ClientCall<WatchEventsRequest, WatchEventsResponse> call;

    private EventSubscription(ClientCall<WatchEventsRequest, WatchEventsResponse> call) {
        this.call = call;
    }

    static EventSubscription start(GrpcConnection grpc, WatchEventsRequest request, Consumer<BrokerEvent> consumer) {
        var call = grpc.newStream(AdminServiceGrpc.getWatchEventsMethod(), request.getFollow());
        var subscription = new EventSubscription(call);
        call.start(subscription.listener(grpc, consumer), new Metadata());
        call.request(1);
        call.sendMessage(request);
        call.halfClose();
        return subscription;
    }

    private ClientCall.Listener<WatchEventsResponse> listener(GrpcConnection grpc, Consumer<BrokerEvent> consumer) {
        return new ClientCall.Listener<>() {
            @Override
            public void onMessage(WatchEventsResponse message) {
                deliver(message, consumer);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                if (status.isOk()) {
                    ended.complete(null);
                } else {
                    ended.completeExceptionally(grpc.exception(status, trailers));
                }
            }
        };
    }

    private void deliver(WatchEventsResponse message, Consumer<BrokerEvent> consumer) {
        try {
            consumer.accept(new BrokerEvent(message.getEvent()));
            call.request(1);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
            call.cancel("the consumer failed", e);
        }
    }

    /** Done after the last event; failed with a {@link BrokerException}, or with what the consumer threw. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Ends the stream; one event may still be with the consumer. */
    @Override
    public void close() {
        ended.complete(null);
        call.cancel("closed by the caller", null);
    }
}
