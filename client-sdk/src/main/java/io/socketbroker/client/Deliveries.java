package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.HeldLease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session was sent: takes it in two phases, gives it to the handlers, and knows its leases. Deliveries come
 * on the session's thread; revocations and the ends of handlers on any.
 */
final class Deliveries {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    /** Above the 5 s after which the broker takes an unacknowledged delivery back. */
    private static final int EXPIRY_SECONDS = 6;

    private static final int MOST_EARLY_REVOCATIONS = 1024;

    private final CreditLedger credits;
    private final HandlerRunner runner;
    private final BiConsumer<ByteString, LeaseEnd> completion;
    // Both guarded by this.
    private final Map<LeaseName, SessionLease> leases = new HashMap<>();
    // Stream and connection are two ways: a revocation may overtake its delivery.
    private final Map<LeaseName, String> early = new LinkedHashMap<>();

    Deliveries(CreditLedger credits, HandlerRunner runner, BiConsumer<ByteString, LeaseEnd> completion) {
        this.credits = credits;
        this.runner = runner;
        this.completion = completion;
    }

    /**
     * Takes a delivery with its descriptors.
     *
     * @param wire on which it came
     * @throws BrokerException if it is not as it should be; the descriptors are closed
     */
    void take(Delivery delivery, Received.Message message, SessionWire wire) {
        boolean taken = false;
        try {
            requireWellFormed(delivery, message);
            taken = admit(delivery);
        } finally {
            if (!taken) {
                message.close();
            }
        }
        if (taken) {
            acknowledge(delivery, message, wire);
        }
    }

    private boolean admit(Delivery delivery) {
        int sockets = delivery.getActivation().getSocketsCount();
        return switch (credits.delivered(sockets)) {
            case TAKEN -> true;
            case ABOVE_CREDIT -> throw malformed("has " + sockets + " sockets, more than the session has credit for");
            case TOO_LATE -> {
                // Without an acknowledgement the link's end, which comes at once, gives it back as if it was not sent.
                LOG.debug("delivery {} came after the last one", delivery.getDeliveryId());
                yield false;
            }
        };
    }

    private void acknowledge(Delivery delivery, Received.Message message, SessionWire wire) {
        int sockets = delivery.getActivation().getSocketsCount();
        long mark = credits.mark();
        if (message.descriptorsTruncated()) {
            giveUp(delivery, message, mark);
            return;
        }
        var work = work(delivery, message.descriptors());
        var _ = wire.request(acknowledgement(delivery), FdFrame.BodyCase.RELEASED)
                .whenComplete((_, refusal) -> {
                    if (refusal == null) {
                        work.forEach(this::start);
                    } else {
                        LOG.warn("delivery {} came to nothing", delivery.getDeliveryId(), Futures.cause(refusal));
                        work.forEach(this::forget);
                        credits.expired(sockets, mark);
                    }
                });
    }

    private static void requireWellFormed(Delivery delivery, Received.Message message) {
        int sockets = delivery.getActivation().getSocketsCount();
        int descriptors = message.descriptors().size();
        if (sockets < 1 || sockets > DescriptorChannel.MAX_DESCRIPTORS) {
            throw malformed("has " + sockets + " sockets");
        }
        if (descriptors != sockets && !message.descriptorsTruncated()) {
            throw malformed("has " + descriptors + " descriptors for " + sockets + " sockets");
        }
        if (delivery.getDeliveryId() == 0 || delivery.getToken().isEmpty()) {
            throw malformed("has no id or no token");
        }
    }

    private static BrokerException malformed(String what) {
        return new BrokerException(Code.INTERNAL, "a delivery of the broker " + what);
    }

    /** Without an acknowledgement they are the broker's again; what already runs goes on. */
    private void giveUp(Delivery delivery, Received.Message message, long mark) {
        message.close();
        int sockets = delivery.getActivation().getSocketsCount();
        LOG.warn(
                "this process has no room for the descriptors of {} sockets: raise its limit of open files (ulimit -n),"
                        + " or lower the session's credit",
                sockets);
        CompletableFuture.delayedExecutor(EXPIRY_SECONDS, TimeUnit.SECONDS)
                .execute(() -> credits.expired(sockets, mark));
    }

    private static FdFrame.Builder acknowledgement(Delivery delivery) {
        return FdFrame.newBuilder().setAcknowledge(Acknowledge.newBuilder().setDeliveryId(delivery.getDeliveryId()));
    }

    private List<HandlerRunner.Work> work(Delivery delivery, List<OwnedFd> descriptors) {
        var activation = delivery.getActivation();
        var work = new ArrayList<HandlerRunner.Work>();
        for (int i = 0; i < descriptors.size(); i++) {
            var one = activation.getSockets(i);
            var descriptor = LeasedDescriptor.of(descriptors.get(i));
            var name =
                    new LeaseName(activation.getActivationId(), one.getSocket().getKey());
            var held = HeldLease.newBuilder()
                    .setToken(delivery.getToken())
                    .setKey(name.socket())
                    .setGeneration(one.getSocket().getGeneration())
                    .build();
            var lease = new SessionLease(name, held, descriptor, end -> completion.accept(delivery.getToken(), end));
            var socket = new ActivatedSocket(
                    new BrokeredSocket(one.getSocket()), new Trigger(one.getTrigger()), false, descriptor, lease);
            add(lease);
            work.add(new HandlerRunner.Work(socket, lease, () -> finished(lease)));
        }
        return work;
    }

    private void add(SessionLease lease) {
        String revoked;
        synchronized (this) {
            leases.put(lease.name(), lease);
            revoked = early.remove(lease.name());
        }
        if (revoked != null) {
            lease.revoke(revoked);
        }
    }

    private void start(HandlerRunner.Work work) {
        if (work.lease().isRevoked()) {
            forget(work);
            credits.finished();
        } else {
            runner.start(work);
        }
    }

    private void forget(HandlerRunner.Work work) {
        work.lease().revoke("it was not handed over");
        work.lease().closeDescriptor();
        remove(work.lease());
    }

    private void finished(SessionLease lease) {
        remove(lease);
        credits.finished();
    }

    private synchronized void remove(SessionLease lease) {
        leases.remove(lease.name(), lease);
    }

    /** The broker ended a lease. */
    void revoke(LeaseName name, String why) {
        SessionLease lease;
        synchronized (this) {
            lease = leases.get(name);
            if (lease == null) {
                if (early.size() == MOST_EARLY_REVOCATIONS) {
                    early.remove(early.keySet().iterator().next());
                }
                early.put(name, why);
            }
        }
        if (lease != null) {
            lease.revoke(why);
        }
    }

    /** What is still held, for a broker that did not hand it out itself. */
    List<HeldLease> held() {
        return all().stream().flatMap(lease -> lease.held().stream()).toList();
    }

    /** Of what was announced as held, only this goes on. */
    void resumed(Collection<HeldLease> announced, Collection<HeldLease> resumed) {
        var lost = new HashSet<>(announced);
        resumed.forEach(lost::remove);
        for (var lease : all()) {
            if (lease.held().filter(lost::contains).isPresent()) {
                lease.revoke("the broker that started anew does not know it");
            }
        }
    }

    /** The session is over, and with it every lease. */
    void revokeAll(String why) {
        all().forEach(lease -> lease.revoke(why));
    }

    private synchronized List<SessionLease> all() {
        return List.copyOf(leases.values());
    }
}
