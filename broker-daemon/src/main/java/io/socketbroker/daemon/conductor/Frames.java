package io.socketbroker.daemon.conductor;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.transfer.Deposits;
import io.socketbroker.daemon.transfer.FrameHandler;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Claim;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.Deposit;
import io.socketbroker.v1.Deposited;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Released;
import io.socketbroker.v1.Welcome;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What each frame of fd.sock means. On the conductor thread. */
final class Frames implements FrameHandler {
    private final Brokerage brokerage;
    private final Deposits deposits;
    private final DescriptorTable descriptors;
    private final Runnable beforeEvent;
    private final Runnable runEffects;
    private final Supplier<CompletionStage<Void>> commit;

    /**
     * Answers frames.
     *
     * @param beforeEvent tells the rules the time
     * @param runEffects carries out what followed
     * @param commit writes it
     */
    Frames(
            Brokerage brokerage,
            Deposits deposits,
            DescriptorTable descriptors,
            Runnable beforeEvent,
            Runnable runEffects,
            Supplier<CompletionStage<Void>> commit) {
        this.brokerage = brokerage;
        this.deposits = deposits;
        this.descriptors = descriptors;
        this.beforeEvent = beforeEvent;
        this.runEffects = runEffects;
        this.commit = commit;
    }

    @Override
    public Answer frame(long connection, Caller caller, FdFrame frame, List<OwnedFd> received, boolean truncated) {
        beforeEvent.run();
        return switch (frame.getBodyCase()) {
            case DEPOSIT -> deposit(caller, frame.getDeposit(), received, truncated);
            case CLAIM -> claim(connection, caller, frame.getClaim());
            case ACKNOWLEDGE -> acknowledge(connection, frame.getAcknowledge().getDeliveryId());
            case COMPLETE -> complete(caller, frame.getComplete());
            case HELLO -> hello(connection, caller, frame.getHello().getSessionId());
            default ->
                throw new BrokerRefusal(
                        ErrorReason.ERROR_REASON_MALFORMED_FRAME,
                        "body",
                        frame.getBodyCase() + " is sent by the broker, not to it");
        };
    }

    private Answer complete(Caller caller, CompleteRequest request) {
        FailPoint.COMPLETE_RECEIVED.pass();
        FdFrame.Builder answer = FdFrame.newBuilder()
                .setCompleted(CompleteResponse.newBuilder().addAllErrors(brokerage.complete(caller, request)));
        runEffects.run();
        FailPoint.COMPLETE_DONE.pass();
        return new Answer(answer, List.of(), commit.get());
    }

    private Answer deposit(Caller caller, Deposit deposit, List<OwnedFd> received, boolean truncated) {
        FailPoint.DEPOSIT_RECEIVED.pass();
        deposits.deposit(caller.uid(), deposit.getDepositId(), deposit.getDescriptorCount(), received, truncated);
        return new Answer(
                FdFrame.newBuilder().setDeposited(Deposited.newBuilder().setDepositId(deposit.getDepositId())),
                List.of());
    }

    private Answer claim(long connection, Caller caller, Claim claim) {
        Brokerage.Outgoing outgoing = brokerage.claim(caller, Token.named(claim.getToken()), connection);
        runEffects.run();
        FailPoint.CLAIM_GRANTED.pass();
        return answer(outgoing);
    }

    /** A delivery with its descriptors, as their giver had them. */
    Answer answer(Brokerage.Outgoing outgoing) {
        List<Fd> out = outgoing.slots().stream().map(this::restored).toList();
        return new Answer(
                FdFrame.newBuilder()
                        .setDelivery(Delivery.newBuilder()
                                .setDeliveryId(outgoing.deliveryId())
                                .setToken(outgoing.token())
                                .setActivation(outgoing.activation())),
                out);
    }

    private Fd restored(Slot slot) {
        Fd fd = descriptors.at(slot);
        DescriptorFlags.setNonBlocking(fd, brokerage.activity().nonBlocking(slot));
        return fd;
    }

    /** The welcome goes out before the effects, which may bring the first delivery. */
    private Answer hello(long connection, Caller caller, ByteString sessionId) {
        brokerage.sessions().hello(caller, sessionId, connection);
        return new Answer(FdFrame.newBuilder().setWelcome(Welcome.getDefaultInstance()), List.of());
    }

    /** The receiver uses the sockets from Released on: a broker that comes after this one must not do so too. */
    private Answer acknowledge(long connection, long deliveryId) {
        FailPoint.ACKNOWLEDGE_RECEIVED.pass();
        brokerage.acknowledge(deliveryId, connection);
        runEffects.run();
        FailPoint.ACKNOWLEDGE_DONE.pass();
        return new Answer(
                FdFrame.newBuilder().setReleased(Released.newBuilder().setDeliveryId(deliveryId)),
                List.of(),
                commit.get());
    }

    @Override
    public void disconnected(long connection) {
        beforeEvent.run();
        brokerage.disconnected(connection);
        runEffects.run();
    }
}
