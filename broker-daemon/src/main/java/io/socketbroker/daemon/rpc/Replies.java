package io.socketbroker.daemon.rpc;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Sends what the conductor answered, away from its thread. */
final class Replies {
    private final Executor executor;

    Replies(Executor executor) {
        this.executor = executor;
    }

    <T, A> void send(CompletionStage<T> answer, StreamObserver<A> observer, Function<T, A> toMessage) {
        answer.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        observer.onNext(toMessage.apply(value));
                        observer.onCompleted();
                    } else {
                        observer.onError(Refusals.status(failure));
                    }
                },
                executor);
    }

    <A> void send(CompletionStage<A> answer, StreamObserver<A> observer) {
        send(answer, observer, Function.identity());
    }
}
