package io.socketbroker.daemon.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.socketbroker.daemon.core.Caller;

/** Moves the caller from the connection to the call. */
final class Callers implements ServerInterceptor {
    private static final Context.Key<Caller> CALLER = Context.key("socketbroker-caller");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Caller caller = call.getAttributes().get(PeerCredentialsNegotiator.CALLER);
        if (caller == null) {
            call.close(Status.UNAUTHENTICATED.withDescription("the peer's credentials are not known"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
    }

    /** Of the call that runs on this thread. */
    static Caller current() {
        Caller caller = CALLER.get();
        if (caller == null) {
            throw new IllegalStateException("not in a call");
        }
        return caller;
    }
}
