package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.TaskKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(SessionLink.class);
    private static final long STREAM_END_MILLIS = 2_000;
    private static final Set<Code> LOST = Set.of(Code.UNAVAILABLE, Code.CANCELLED, Code.INTERNAL, Code.UNKNOWN);

    private final Parts parts;
    private final SessionWire wire;
    private final Deliveries deliveries;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final List<HeldLease> held;
    private final CompletableFuture<BrokerException> streamEnd = new CompletableFuture<>();
    private volatile boolean closedHere;
    private final AtomicReference<@Nullable BrokerException> end = new AtomicReference<>();

    private SessionLink(Parts parts, Deliveries deliveries, SessionWire wire) {
        this.parts = parts;
        this.deliveries = deliveries;
        this.wire = wire;
        this.held = deliveries.held();
    }

    /**
     * Connects.
     *
     * @throws BrokerException UNAVAILABLE if nobody listens there
     */
    static SessionLink open(Parts parts, Deliveries deliveries) {
        return new SessionLink(parts, deliveries, SessionWire.open(parts.directory(), parts.timeouts()));
    }

    /**
     * Attaches, and takes what comes until the end, which it returns.
     *
     * @param attached called once when stream and connection have met, on one of their threads
     */
    BrokerException serve(ByteString sessionId, Runnable attached) {
        var start = AttachStart.newBuilder()
                .setTask(parts.task())
                .setSessionId(sessionId)
                .setCredit(parts.credits().start())
                .addAllHeld(held)
                .build();
        var stream = AttachStream.start(parts.grpc(), start, this);
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
            if (!deliveries.held().isEmpty()) {
                awaitStreamEnd();
            }
            // With a broker that lives this gives the leases back at once.
            stream.cancel();
            wire.close();
        }
        return cause();
    }

    /** Both end together; only the stream's end says whether a broker ended the session, or died itself. */
    private void awaitStreamEnd() {
        try {
            streamEnd.get(STREAM_END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // A broker that lives and has lost this connection only.
            LOG.debug("the stream goes on", e);
        }
    }

    /** The broker is gone without a word: what it had handed out is still with this program, and with nobody else. */
    boolean lostBroker() {
        return streamEnd.isDone()
                && !closedHere
                && streamEnd.join().reason() == ErrorReason.ERROR_REASON_UNSPECIFIED
                && LOST.contains(streamEnd.join().code());
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
                deliveries.take(frame.getDelivery(), message, wire);
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
    void complete(ByteString token, LeaseEnd leaseEnd) {
        var request = FdFrame.newBuilder()
                .setComplete(CompleteRequest.newBuilder().setToken(token).addCompletions(leaseEnd.message()));
        var answer = wire.request(request, FdFrame.BodyCase.COMPLETED)
                .orTimeout(parts.timeouts().descriptors().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(asBrokerException(e)));
        FdFrame frame;
        try {
            frame = Futures.await(answer);
        } catch (BrokerException e) {
            if (e.code() == Code.DEADLINE_EXCEEDED || e.code() == Code.UNAVAILABLE) {
                // Nobody would end this lease otherwise: the link's end gives it back, or hands it to the broker's
                // successor.
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
    public void started(List<HeldLease> resumed) {
        deliveries.resumed(held, resumed);
        started.complete(null);
    }

    @Override
    public void revoked(LeaseRevoked message) {
        deliveries.revoke(new LeaseName(message.getActivationId(), message.getKey()), message.getMessage());
    }

    @Override
    public void ended(BrokerException why) {
        streamEnd.complete(why);
        fail(why);
    }

    /** Ends the link by this program's own will. */
    void close(BrokerException why) {
        closedHere = true;
        // Nobody is waited for.
        streamEnd.complete(why);
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
