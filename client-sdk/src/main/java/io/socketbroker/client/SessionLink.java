package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.TaskKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One life of a session's connection and stream, from their meeting to the loss of either. The session's thread serves it;
 * {@link #fail} may come from any.
 */
final class SessionLink implements AttachStream.Listener {

    /** What all links of one session have in common. */
    record Parts(
            RuntimeDirectory directory,
            GrpcConnection grpc,
            ClientTimeouts timeouts,
            TaskKey task,
            CreditLedger credits,
            HandlerRunner runner) {}

    private final Parts parts;
    private final SessionWire wire;
    private final Deliveries deliveries;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final AtomicReference<@Nullable BrokerException> end = new AtomicReference<>();

    private SessionLink(Parts parts, SessionWire wire) {
        this.parts = parts;
        this.wire = wire;
        this.deliveries = new Deliveries(wire, parts.credits(), parts.runner(), this::complete);
    }

    /**
     * Connects.
     *
     * @throws BrokerException UNAVAILABLE if nobody listens there
     */
    static SessionLink open(Parts parts) {
        return new SessionLink(parts, SessionWire.open(parts.directory(), parts.timeouts()));
    }

    /**
     * Attaches, and takes what comes until the end, which it returns.
     *
     * @param attached called once when stream and connection have met, on one of their threads
     */
    BrokerException serve(ByteString sessionId, Runnable attached) {
        var stream = AttachStream.start(
                parts.grpc(), parts.task(), sessionId, parts.credits().start(), this);
        parts.credits().connect(stream);
        try {
            var hello = FdFrame.newBuilder().setHello(Hello.newBuilder().setSessionId(sessionId));
            var welcome = wire.request(hello, FdFrame.BodyCase.WELCOME);
            var met = CompletableFuture.allOf(welcome, started);
            var _ = met.whenComplete((_, failure) -> {
                if (failure == null) {
                    attached.run();
                } else {
                    fail(asBrokerException(failure));
                }
            });
            receiveUntilEnd(met);
        } catch (RuntimeException e) {
            fail(asBrokerException(e));
        } finally {
            parts.credits().disconnect(stream);
            // The stream's end gives the leases back at once; the handlers are told.
            stream.cancel();
            wire.close();
            deliveries.revokeAll(String.valueOf(cause().getMessage()));
        }
        return cause();
    }

    private void receiveUntilEnd(CompletableFuture<Void> met) {
        long begun = System.nanoTime();
        long boundNanos = parts.timeouts().call().toNanos();
        while (end.get() == null) {
            if (wire.receive() instanceof Received.Message message) {
                received(message);
            } else if (!met.isDone() && System.nanoTime() - begun > boundNanos) {
                throw new BrokerException(Code.DEADLINE_EXCEEDED, "the broker did not open the session in time");
            }
        }
    }

    private void received(Received.Message message) {
        boolean handedOn = false;
        try {
            if (message.payloadTruncated()) {
                throw new BrokerException(
                        Code.INTERNAL,
                        "the broker sent a frame of more than " + FdConnection.MAX_FRAME_BYTES + " bytes");
            }
            var frame = FdFrame.parseFrom(message.payload());
            if (frame.hasDelivery() && frame.getRequestId() == 0) {
                handedOn = true;
                deliveries.take(frame.getDelivery(), message);
            } else {
                wire.answered(frame);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new BrokerException(Code.INTERNAL, "what came is not a frame: " + e.getMessage(), e);
        } finally {
            if (!handedOn) {
                message.close();
            }
        }
    }

    /** Tells the broker of the end of a lease, on the handler's thread. */
    private void complete(ByteString token, LeaseEnd leaseEnd) {
        var request = FdFrame.newBuilder()
                .setComplete(CompleteRequest.newBuilder().setToken(token).addCompletions(leaseEnd.message()));
        var answer = wire.request(request, FdFrame.BodyCase.COMPLETED)
                .orTimeout(parts.timeouts().descriptors().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(asBrokerException(e)));
        FdFrame frame;
        try {
            frame = Futures.await(answer);
        } catch (BrokerException e) {
            if (e.code() == Code.DEADLINE_EXCEEDED) {
                // Nobody would end this lease otherwise: the link's end gives it back.
                fail(e);
            }
            throw e;
        }
        if (frame.getCompleted().getErrorsCount() > 0) {
            throw FdErrors.refusal(frame.getCompleted().getErrorsList());
        }
    }

    private static BrokerException asBrokerException(Throwable failure) {
        return switch (Futures.cause(failure)) {
            case BrokerException broker -> broker;
            case TimeoutException late ->
                new BrokerException(Code.DEADLINE_EXCEEDED, "the broker did not answer in time", late);
            case Throwable other -> new BrokerException(Code.INTERNAL, "the session failed: " + other, other);
        };
    }

    @Override
    public void started() {
        started.complete(null);
    }

    @Override
    public void revoked(LeaseRevoked message) {
        deliveries.revoke(new LeaseName(message.getActivationId(), message.getKey()), message.getMessage());
    }

    @Override
    public void ended(BrokerException why) {
        fail(why);
    }

    /** Ends the link; the first cause counts. */
    void fail(BrokerException why) {
        if (end.compareAndSet(null, why)) {
            wire.shutdown();
        }
    }

    boolean hasEnded() {
        return end.get() != null;
    }

    private BrokerException cause() {
        var known = end.get();
        return known == null ? new BrokerException(Code.INTERNAL, "the session's thread ended") : known;
    }
}
