package io.socketbroker.daemon.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.conductor.SessionStream;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.SessionName;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.AttachStarted;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.LeaseRevoked;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One Attach stream. Requests come one after the other on gRPC's threads; answers come from the conductor and are sent by
 * the executor, in order.
 */
final class AttachCall implements StreamObserver<AttachRequest>, SessionStream {
    private final Conductor conductor;
    private final Caller caller;
    private final ServerCallStreamObserver<AttachResponse> call;
    private final Executor inOrder;

    /** Set once, by the first request. */
    private volatile @Nullable SessionName session;

    /** Guarded by inOrder. */
    private boolean closed;

    AttachCall(Conductor conductor, Caller caller, ServerCallStreamObserver<AttachResponse> call, Executor inOrder) {
        this.conductor = conductor;
        this.caller = caller;
        this.call = call;
        this.inOrder = inOrder;
        call.setOnCancelHandler(this::detach);
    }

    @Override
    public void onNext(AttachRequest request) {
        SessionName attached = session;
        if (request.hasStart() && attached == null) {
            start(request.getStart());
        } else if (request.hasCredit() && attached != null) {
            tell(
                    attached,
                    (brokerage, name) -> brokerage
                            .sessions()
                            .addCredit(name, request.getCredit().getActivations()));
        } else if (request.hasDrain() && attached != null) {
            tell(attached, (brokerage, name) -> brokerage.sessions().drain(name));
        } else {
            fail(new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD,
                    "message",
                    "a stream has one start, and then credit and drain"));
            detach();
        }
    }

    private void start(AttachStart start) {
        session = new SessionName(caller.uid(), start.getSessionId());
        onFailure(conductor.attach(caller, start, this), failure -> {
            // Not ours: another stream may have that id.
            session = null;
            fail(failure);
        });
    }

    private void tell(SessionName attached, BiConsumer<Brokerage, SessionName> message) {
        onFailure(
                conductor.call(brokerage -> {
                    message.accept(brokerage, attached);
                    return attached;
                }),
                failure -> {
                    fail(failure);
                    detach();
                });
    }

    private static void onFailure(CompletionStage<?> done, Consumer<Throwable> action) {
        done.whenComplete((_, failure) -> {
            if (failure != null) {
                action.accept(failure);
            }
        });
    }

    private void detach() {
        SessionName attached = session;
        if (attached != null) {
            onFailure(
                    conductor.call(brokerage -> {
                        brokerage.sessions().detach(attached);
                        return attached;
                    }),
                    // The broker stops, and every session ends with it.
                    _ -> {});
        }
    }

    @Override
    public void onError(Throwable failure) {
        detach();
    }

    @Override
    public void onCompleted() {
        detach();
        inOrder.execute(() -> {
            if (!closed) {
                closed = true;
                call.onCompleted();
            }
        });
    }

    @Override
    public void started(List<HeldLease> resumed) {
        send(AttachResponse.newBuilder()
                .setStarted(AttachStarted.newBuilder().addAllResumed(resumed))
                .build());
    }

    @Override
    public void revoked(long activationId, SocketName socket, String message) {
        send(AttachResponse.newBuilder()
                .setRevoked(LeaseRevoked.newBuilder()
                        .setActivationId(activationId)
                        .setKey(Views.key(socket))
                        .setMessage(message))
                .build());
    }

    @Override
    public void ended(BrokerRefusal why) {
        fail(why);
    }

    private void send(AttachResponse response) {
        inOrder.execute(() -> {
            if (!closed && !call.isCancelled()) {
                call.onNext(response);
            }
        });
    }

    private void fail(Throwable why) {
        inOrder.execute(() -> {
            if (!closed) {
                closed = true;
                call.onError(Refusals.status(why));
            }
        });
    }
}
