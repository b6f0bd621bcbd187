package io.socketbroker.it;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/**
 * Puts what a stream brings into a queue; its end and its errors bring nothing. On gRPC's threads.
 *
 * @param <M> the messages
 * @param <T> what of them is put into the queue
 */
final class Collector<M, T> implements StreamObserver<M> {
    private final BlockingQueue<T> queue;
    private final Function<M, T> part;

    Collector(BlockingQueue<T> queue, Function<M, T> part) {
        this.queue = queue;
        this.part = part;
    }

    @Override
    public void onNext(M message) {
        queue.add(part.apply(message));
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
}
