package io.socketbroker.daemon.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.stub.ServerCallStreamObserver;
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
import java.util.concurrent.Executor;

/** SessionService. */
final class SessionRpc extends SessionServiceGrpc.SessionServiceImplBase {
    private final Conductor conductor;
    private final Replies replies;
    private final Executor executor;

    SessionRpc(Conductor conductor, Replies replies, Executor executor) {
        this.conductor = conductor;
        this.replies = replies;
        this.executor = executor;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> observer) {
        return new AttachCall(
                conductor,
                Callers.current(),
                (ServerCallStreamObserver<AttachResponse>) observer,
                MoreExecutors.newSequentialExecutor(executor));
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
