package io.socketbroker.daemon.conductor;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.EncodedFrame;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.transfer.Deposits;
import io.socketbroker.daemon.transfer.FdServer;
import io.socketbroker.daemon.transfer.FrameHandler;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Claim;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Deposit;
import io.socketbroker.v1.Deposited;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import io.socketbroker.v1.Welcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** What each frame of fd.sock means. On the conductor thread. */
final class Frames implements FrameHandler {
    private static final int MOST_TRANSFERS = 16;

    /** What the answer has for a socket besides what the request said of it: times, numbers and addresses. */
    private static final int ANSWER_BYTES_PER_ITEM = 350;

    /** Its request_id, and its tag and length in the frame. */
    private static final int BYTES_AROUND_ANSWER = 16;

    private final Brokerage brokerage;
    private final Deposits deposits;
    private final Transfer transfer;
    private final DescriptorTable descriptors;
    private final Runnable beforeEvent;
    private final Runnable runEffects;
    private final Supplier<CompletionStage<Void>> commit;

    /** Those under way, by connection. */
    private final Map<Long, Set<AtomicBoolean>> transfers = new HashMap<>();

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
            Transfer transfer,
            DescriptorTable descriptors,
            Runnable beforeEvent,
            Runnable runEffects,
            Supplier<CompletionStage<Void>> commit) {
        this.brokerage = brokerage;
        this.deposits = deposits;
        this.transfer = transfer;
        this.descriptors = descriptors;
        this.beforeEvent = beforeEvent;
        this.runEffects = runEffects;
        this.commit = commit;
    }

    @Override
    public Answer frame(long connection, Caller caller, FdFrame frame, List<OwnedFd> received, boolean truncated) {
        beforeEvent.run();
        return switch (frame.getBodyCase()) {
            case TRANSFER -> transfer(connection, caller, frame.getTransfer(), received, truncated);
            case DEPOSIT -> deposit(caller, frame.getDeposit(), received, truncated);
            case CLAIM -> claim(connection, caller, frame.getClaim());
            case RECLAIM -> granted(brokerage.reclaim(caller, frame.getReclaim(), connection));
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
        EncodedFrame answer = EncodedFrame.completed(brokerage.complete(caller, request));
        runEffects.run();
        FailPoint.COMPLETE_DONE.pass();
        return Answer.after(commit.get(), answer);
    }

    private Answer transfer(
            long connection,
            Caller caller,
            TransferOwnershipRequest request,
            List<OwnedFd> received,
            boolean truncated) {
        AtomicBoolean gone = new AtomicBoolean();
        try {
            if (truncated) {
                throw Deposits.truncated("transfer", received.size());
            }
            requireRoomForAnswer(request);
            expect(connection, gone);
        } catch (BrokerRefusal refusal) {
            Deposits.closeAll(received);
            throw refusal;
        }
        CompletableFuture<EncodedFrame> taken;
        try {
            taken = transfer.take(caller, request, received, gone::get);
        } catch (BrokerRefusal | LinuxException e) {
            // Not thrown: for a call of the kernel that failed, the connection would be closed instead of an answer.
            taken = CompletableFuture.failedFuture(e);
        }
        return new Answer(
                taken.whenComplete((_, _) -> answered(connection, gone)).thenApply(Frames::transferred), List.of());
    }

    /** What was kept from before is not in the request, and names and addresses can be longer than the bound allows for. */
    private static EncodedFrame transferred(EncodedFrame answer) {
        if (answer.unasked().length + BYTES_AROUND_ANSWER <= FdServer.MOST_FRAME_BYTES) {
            return answer;
        }
        TransferOwnershipResponse.Builder brief = TransferOwnershipResponse.newBuilder();
        answer.message()
                .getTransferred()
                .getSocketsList()
                .forEach(socket -> brief.addSockets(Socket.newBuilder()
                        .setKey(socket.getKey())
                        .setKind(socket.getKind())
                        .setState(socket.getState())
                        .setTask(socket.getTask())
                        .setCookie(socket.getCookie())
                        .setGeneration(socket.getGeneration())));
        return EncodedFrame.of(FdFrame.newBuilder().setTransferred(brief));
    }

    private static void requireRoomForAnswer(TransferOwnershipRequest request) {
        if (!request.getDepositId().isEmpty()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD,
                    "transfer.deposit_id",
                    "must be empty: the descriptors come with the frame");
        }
        int bytes = request.getSerializedSize() + ANSWER_BYTES_PER_ITEM * request.getItemsCount();
        if (bytes > FdServer.MOST_FRAME_BYTES) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD,
                    "transfer",
                    "its answer might not fit into a frame of " + FdServer.MOST_FRAME_BYTES
                            + " bytes: use Deposit and TransferOwnership, or less items");
        }
    }

    /** Set once the connection has ended: nobody waits for the answer any more. */
    private void expect(long connection, AtomicBoolean gone) {
        Set<AtomicBoolean> waiting = transfers.computeIfAbsent(connection, _ -> new HashSet<>());
        if (waiting.size() >= MOST_TRANSFERS) {
            throw BrokerRefusal.limit(
                    "transfers-per-connection", MOST_TRANSFERS, "this connection", "wait for the answers to some");
        }
        waiting.add(gone);
    }

    private void answered(long connection, AtomicBoolean gone) {
        transfers.computeIfPresent(connection, (_, waiting) -> {
            waiting.remove(gone);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    private Answer deposit(Caller caller, Deposit deposit, List<OwnedFd> received, boolean truncated) {
        FailPoint.DEPOSIT_RECEIVED.pass();
        deposits.deposit(caller.uid(), deposit.getDepositId(), deposit.getDescriptorCount(), received, truncated);
        return Answer.now(
                EncodedFrame.of(
                        FdFrame.newBuilder().setDeposited(Deposited.newBuilder().setDepositId(deposit.getDepositId()))),
                List.of());
    }

    private Answer claim(long connection, Caller caller, Claim claim) {
        return granted(brokerage.claim(caller, Token.named(claim.getToken()), connection));
    }

    private Answer granted(Brokerage.Outgoing outgoing) {
        runEffects.run();
        FailPoint.CLAIM_GRANTED.pass();
        return Answer.now(outgoing.frame(), descriptors(outgoing));
    }

    /** As their giver had them. */
    List<Fd> descriptors(Brokerage.Outgoing outgoing) {
        List<Fd> restored = new ArrayList<>(outgoing.slots().size());
        outgoing.slots().forEach(slot -> restored.add(restored(slot)));
        return restored;
    }

    private Fd restored(Slot slot) {
        Fd fd = descriptors.at(slot);
        DescriptorFlags.setNonBlocking(fd, brokerage.activity().nonBlocking(slot));
        return fd;
    }

    /** The welcome goes out before the effects, which may bring the first delivery. */
    private Answer hello(long connection, Caller caller, ByteString sessionId) {
        brokerage.sessions().hello(caller, sessionId, connection);
        return Answer.now(EncodedFrame.of(FdFrame.newBuilder().setWelcome(Welcome.getDefaultInstance())), List.of());
    }

    /** The receiver uses the sockets from Released on: a broker that comes after this one must not do so too. */
    private Answer acknowledge(long connection, long deliveryId) {
        FailPoint.ACKNOWLEDGE_RECEIVED.pass();
        brokerage.acknowledge(deliveryId, connection);
        runEffects.run();
        FailPoint.ACKNOWLEDGE_DONE.pass();
        return Answer.after(commit.get(), EncodedFrame.released(deliveryId));
    }

    @Override
    public void disconnected(long connection) {
        beforeEvent.run();
        Set<AtomicBoolean> waiting = transfers.remove(connection);
        if (waiting != null) {
            waiting.forEach(gone -> gone.set(true));
        }
        brokerage.disconnected(connection);
        runEffects.run();
    }
}
