package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.daemon.core.EncodedFrame;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.Held;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.transfer.Deposits;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Descriptors and what is said of them are here: inspect, take into ownership, make custody, watch, reply. On the conductor thread. */
final class Transfer {
    private final EventLoop loop;
    private final Brokerage brokerage;
    private final DescriptorTable descriptors;
    private final SocketInspector inspector;
    private final Custody custody;
    private final EffectRunner effects;

    Transfer(
            EventLoop loop,
            Brokerage brokerage,
            DescriptorTable descriptors,
            SocketInspector inspector,
            Custody custody,
            EffectRunner effects) {
        this.loop = loop;
        this.brokerage = brokerage;
        this.descriptors = descriptors;
        this.inspector = inspector;
        this.custody = custody;
        this.effects = effects;
    }

    /**
     * Takes the descriptors or closes them; replies with a frame that has a TransferOwnershipResponse.
     *
     * @param cancelled whether nobody waits for the reply any more
     */
    CompletableFuture<EncodedFrame> take(
            Caller caller, TransferOwnershipRequest request, List<OwnedFd> deposited, BooleanSupplier cancelled) {
        List<Candidate> candidates;
        List<Brokerage.Adopted> adopted;
        try {
            candidates = inspect(request, deposited);
            adopted = brokerage.transfer(caller, request, candidates);
        } catch (BrokerRefusal | LinuxException e) {
            Deposits.closeAll(deposited);
            throw e;
        }
        FailPoint.TRANSFER_ADOPTED.pass();
        // Replaced sockets free their slots first.
        effects.runAll();
        List<Held> taken = new ArrayList<>();
        for (int i = 0; i < adopted.size(); i++) {
            Slot slot = adopted.get(i).slot();
            if (adopted.get(i).keepsFormerDescriptor()) {
                deposited.get(i).close();
            } else {
                descriptors.bind(slot, deposited.get(i));
            }
            taken.add(new Held(slot, candidates.get(i).cookie(), descriptors.at(slot)));
        }
        List<Slot> slots = taken.stream().map(Held::slot).toList();
        CompletableFuture<EncodedFrame> reply = new CompletableFuture<>();
        FailPoint.TRANSFER_BOUND.pass();
        // First, so that its thread wakes up while the descriptors are sent.
        CompletionStage<Void> committed = effects.commit();
        CompletionStage<Void> kept = custody.put(taken);
        FailPoint.TRANSFER_PUT.pass();
        kept.thenCombine(committed, (_, _) -> slots)
                .whenComplete((_, failure) -> loop.execute(() -> finish(slots, failure, cancelled, reply)));
        return reply;
    }

    private List<Candidate> inspect(TransferOwnershipRequest request, List<OwnedFd> deposited) {
        if (request.getItemsCount() != deposited.size() || deposited.isEmpty()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_DESCRIPTOR_COUNT_MISMATCH,
                    "items",
                    request.getItemsCount() + " items for " + deposited.size()
                            + " descriptors; there must be one for each");
        }
        List<Candidate> candidates = new ArrayList<>();
        List<ItemError> errors = new ArrayList<>();
        for (int i = 0; i < deposited.size(); i++) {
            try {
                candidates.add(inspector.inspect(deposited.get(i).fd(), "items[" + i + "]"));
            } catch (BrokerRefusal refusal) {
                errors.add(refusal.asItem(i, request.getItems(i).getSocketId()));
            }
        }
        if (!errors.isEmpty()) {
            throw BrokerRefusal.batch(errors);
        }
        return candidates;
    }

    private void finish(
            List<Slot> slots,
            @Nullable Throwable failure,
            BooleanSupplier cancelled,
            CompletableFuture<EncodedFrame> reply) {
        FailPoint.TRANSFER_KEPT.pass();
        if (failure != null || cancelled.getAsBoolean()) {
            brokerage.transferAbandoned(slots);
            effects.runAll();
            reply.completeExceptionally(
                    failure != null
                            ? new CompletionException(failure)
                            : new BrokerRefusal(ErrorReason.ERROR_REASON_CLAIM_EXPIRED, "", "the call was cancelled"));
            return;
        }
        EncodedFrame response = brokerage.custodyTaken(slots);
        effects.runAll();
        FailPoint.TRANSFER_WATCHED.pass();
        reply.complete(response);
        FailPoint.TRANSFER_REPLIED.pass();
    }
}
