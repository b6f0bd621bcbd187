package io.socketbroker.client;

import com.google.rpc.Code;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.socketbroker.v1.AttachCredit;
import io.socketbroker.v1.AttachDrain;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.SessionServiceGrpc;
import java.util.List;
import java.util.function.Consumer;

/** The gRPC stream of one session link. Any thread may send; what comes is told on gRPC's thread, in order. */
final class AttachStream {

    /** Who is told what comes. */
    interface Listener {
        /** Stream and connection have met; these leases of a former broker go on. */
        void started(List<HeldLease> resumed);

        /** The broker ended a lease. */
        void revoked(LeaseRevoked message);

        /** The last call. */
        void ended(BrokerException why);
    }

    private final ClientCall<AttachRequest, AttachResponse> call;
    // Guarded by this, as is the sending: a ClientCall allows one thread at a time.
    private boolean over;

    private AttachStream(ClientCall<AttachRequest, AttachResponse> call) {
        this.call = call;
    }

    static AttachStream start(GrpcConnection grpc, AttachStart start, Listener listener) {
        var stream = new AttachStream(grpc.newPatientStream(SessionServiceGrpc.getAttachMethod()));
        stream.call.start(stream.listener(grpc, listener), new Metadata());
        stream.call.request(1);
        stream.send(AttachRequest.newBuilder().setStart(start));
        return stream;
    }

    private ClientCall.Listener<AttachResponse> listener(GrpcConnection grpc, Listener listener) {
        return new ClientCall.Listener<>() {
            @Override
            public void onMessage(AttachResponse message) {
                call.request(1);
                switch (message.getMessageCase()) {
                    case STARTED -> listener.started(message.getStarted().getResumedList());
                    case REVOKED -> listener.revoked(message.getRevoked());
                    case MESSAGE_NOT_SET -> {
                        // A newer broker's word, not meant for this SDK.
                    }
                }
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                end(_ -> {});
                listener.ended(
                        status.isOk()
                                ? new BrokerException(Code.UNAVAILABLE, "the broker ended the session")
                                : grpc.exception(status, trailers));
            }
        };
    }

    void credit(int more) {
        send(AttachRequest.newBuilder().setCredit(AttachCredit.newBuilder().setActivations(more)));
    }

    void drain() {
        send(AttachRequest.newBuilder().setDrain(AttachDrain.getDefaultInstance()));
    }

    private synchronized void send(AttachRequest.Builder request) {
        if (!over) {
            call.sendMessage(request.build());
        }
    }

    /** Ends the stream, and with it the session's leases. */
    void cancel() {
        end(c -> c.cancel("the session has ended", null));
    }

    private synchronized void end(Consumer<ClientCall<?, ?>> how) {
        if (!over) {
            over = true;
            how.accept(call);
        }
    }
}
