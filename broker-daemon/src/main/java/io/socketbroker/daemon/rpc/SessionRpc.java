package io.socketbroker.daemon.rpc;

import io.grpc.stub.StreamObserver;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.GetActivationRequest;
import io.socketbroker.v1.GetActivationResponse;
import io.socketbroker.v1.SessionServiceGrpc;

/** SessionService. */
final class SessionRpc extends SessionServiceGrpc.SessionServiceImplBase {
    private final Conductor conductor;
    private final Replies replies;

    SessionRpc(Conductor conductor, Replies replies) {
        this.conductor = conductor;
        this.replies = replies;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> observer) {
        Replies.missing(observer, "sessions of running programs are not there yet; register a task with a command");
        return new StreamObserver<>() {
            @Override
            public void onNext(AttachRequest request) {}

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
    }

    @Override
    public void complete(CompleteRequest request, StreamObserver<CompleteResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.complete(caller, request)),
                observer,
                errors -> CompleteResponse.newBuilder().addAllErrors(errors).build());
    }

    @Override
    public void getActivation(GetActivationRequest request, StreamObserver<GetActivationResponse> observer) {
        Caller caller = Callers.current();
        replies.send(conductor.call(brokerage -> brokerage.activation(caller, request.getToken())), observer);
    }
}
