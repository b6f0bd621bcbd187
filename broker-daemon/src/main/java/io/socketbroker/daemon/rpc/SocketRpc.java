package io.socketbroker.daemon.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.CloseSocketResponse;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetSocketResponse;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import io.socketbroker.v1.UpdateSocketRequest;
import io.socketbroker.v1.UpdateSocketResponse;

/** SocketService. */
final class SocketRpc extends SocketServiceGrpc.SocketServiceImplBase {
    private final Conductor conductor;
    private final Replies replies;

    SocketRpc(Conductor conductor, Replies replies) {
        this.conductor = conductor;
        this.replies = replies;
    }

    @Override
    public void transferOwnership(
            TransferOwnershipRequest request, StreamObserver<TransferOwnershipResponse> observer) {
        var call = (ServerCallStreamObserver<TransferOwnershipResponse>) observer;
        // With a handler a late reply to a cancelled call is dropped, instead of thrown at us.
        call.setOnCancelHandler(() -> {});
        replies.send(conductor.transfer(Callers.current(), request, call::isCancelled), observer);
    }

    @Override
    public void reclaim(ReclaimRequest request, StreamObserver<ReclaimResponse> observer) {
        Caller caller = Callers.current();
        replies.send(conductor.call(brokerage -> brokerage.reclaim(caller, request)), observer);
    }

    @Override
    public void closeSocket(CloseSocketRequest request, StreamObserver<CloseSocketResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.close(caller, request)),
                observer,
                socket -> CloseSocketResponse.newBuilder().setSocket(socket).build());
    }

    @Override
    public void updateSocket(UpdateSocketRequest request, StreamObserver<UpdateSocketResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.update(caller, request)),
                observer,
                socket -> UpdateSocketResponse.newBuilder().setSocket(socket).build());
    }

    @Override
    public void getSocket(GetSocketRequest request, StreamObserver<GetSocketResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.socket(caller, request.getKey())),
                observer,
                socket -> GetSocketResponse.newBuilder().setSocket(socket).build());
    }

    @Override
    public void listSockets(ListSocketsRequest request, StreamObserver<ListSocketsResponse> observer) {
        Caller caller = Callers.current();
        replies.send(conductor.call(brokerage -> brokerage.sockets(caller, request)), observer);
    }
}
