package io.socketbroker.client;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Fd;
import io.socketbroker.v1.Deposit;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands batches of sockets over: in one message on {@code fd.sock}, or, if they are too much for one, as a deposit there and
 * a call over gRPC side by side. Until the broker's answer, or that of its successor, the sockets stay the program's.
 * Thread-safe.
 */
final class Transfers {

    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final int DEPOSIT_ID_BYTES = 16;

    /** See FdFrame.transfer. */
    private static final int ANSWER_BYTES_PER_ITEM = 350;

    private final FdAgent descriptors;
    private final GrpcConnection grpc;
    private final String app;
    private final long boundMillis;
    private final SecureRandom random = new SecureRandom();

    Transfers(FdAgent descriptors, GrpcConnection grpc, String app, ClientTimeouts timeouts) {
        this.descriptors = descriptors;
        this.grpc = grpc;
        this.app = app;
        this.boundMillis = timeouts.call().toMillis();
    }

    /**
     * Hands them over.
     *
     * @param waits whether the calling thread waits for the future: then it does the work as far as it can
     */
    CompletableFuture<List<BrokeredSocket>> transfer(List<TransferRequest> requests, boolean waits) {
        if (requests.isEmpty() || requests.size() > DescriptorChannel.MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("one transfer takes 1 to " + DescriptorChannel.MAX_DESCRIPTORS
                    + " sockets, not " + requests.size());
        }
        var waiting = waits ? Thread.currentThread() : null;
        var sockets = requests.stream().map(TransferRequest::socket).toList();
        var prepared = sockets.stream()
                .map(socket -> socket.prepare().orTimeout(boundMillis, TimeUnit.MILLISECONDS))
                .toList();
        return Futures.all(prepared)
                .thenCompose(_ -> sendUntilAnswered(
                        requests, prepared.stream().map(CompletableFuture::join).toList(), waiting))
                .thenCompose(taken -> handOver(sockets, taken))
                .exceptionallyCompose(failure -> giveUp(sockets, failure));
    }

    private CompletableFuture<List<Socket>> sendUntilAnswered(
            List<TransferRequest> requests, List<Fd> fds, @Nullable Thread waiting) {
        var keys = requests.stream()
                .map(r -> SocketKey.newBuilder()
                        .setApp(app)
                        .setSocketId(r.item().getSocketId())
                        .build())
                .toList();
        return new TransferOutcome(
                        grpc,
                        keys,
                        fds,
                        () -> send(requests, fds, Thread.currentThread().equals(waiting))
                                .thenApply(TransferOwnershipResponse::getSocketsList))
                .begin();
    }

    private CompletableFuture<TransferOwnershipResponse> send(
            List<TransferRequest> requests, List<Fd> fds, boolean here) {
        var request = TransferOwnershipRequest.newBuilder().setApp(app);
        requests.forEach(r -> request.addItems(r.item()));
        var whole = request.build();
        int bytes = whole.getSerializedSize() + ANSWER_BYTES_PER_ITEM * requests.size();
        return FdConnection.fits(bytes) ? sendWhole(whole, fds, here) : sendInTwo(request, fds);
    }

    /** In one message, and nothing of gRPC. */
    private CompletableFuture<TransferOwnershipResponse> sendWhole(
            TransferOwnershipRequest request, List<Fd> fds, boolean here) {
        return descriptors.run(here, connection -> {
            grpc.reached();
            var answer =
                    connection.exchange(FdFrame.newBuilder().setTransfer(request), fds, FdFrame.BodyCase.TRANSFERRED);
            answer.closeDescriptors();
            return answer.frame().getTransferred();
        });
    }

    /** What does not fit into a frame. */
    private CompletableFuture<TransferOwnershipResponse> sendInTwo(
            TransferOwnershipRequest.Builder request, List<Fd> fds) {
        var depositId = newDepositId();
        request.setDepositId(depositId);
        var deposit = FdFrame.newBuilder()
                .setDeposit(Deposit.newBuilder().setDepositId(depositId).setDescriptorCount(fds.size()));
        var result = new CompletableFuture<TransferOwnershipResponse>();
        var _ = descriptors
                .submit(connection -> {
                    grpc.reached();
                    int requestId = connection.send(deposit, fds);
                    // Not after the answer: the broker has both halves sooner, for one round trip in all.
                    var call = grpc.call(SocketServiceGrpc.getTransferOwnershipMethod(), request.build());
                    awaitDeposited(connection, requestId, call);
                    var _ = call.whenComplete((answer, failure) -> Futures.complete(result, answer, failure));
                    return requestId;
                })
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(Futures.cause(failure));
                    }
                });
        return result;
    }

    /** A refused deposit ends the call; after a lost answer the call's own result tells who has the sockets. */
    private static void awaitDeposited(
            FdConnection connection, int requestId, CompletableFuture<TransferOwnershipResponse> call) {
        try {
            connection.receive(requestId, FdFrame.BodyCase.DEPOSITED).closeDescriptors();
        } catch (BrokerException e) {
            if (!e.isOutcomeUnknown()) {
                call.cancel(false);
                throw e;
            }
        }
    }

    /** The broker has the sockets, whatever becomes of the program's copies. */
    private CompletableFuture<List<BrokeredSocket>> handOver(List<HandedSocket> sockets, List<Socket> taken) {
        var parked = taken.stream().map(BrokeredSocket::new).toList();
        return Futures.all(sockets.stream().map(HandedSocket::handedOver).toList())
                .orTimeout(boundMillis, TimeUnit.MILLISECONDS)
                .handle((closed, failure) -> {
                    if (failure != null) {
                        LOG.warn("sockets are with the broker, but closing the program's copies failed", failure);
                    }
                    return parked;
                });
    }

    private CompletableFuture<List<BrokeredSocket>> giveUp(List<HandedSocket> sockets, Throwable failure) {
        var cause = Futures.cause(failure);
        var failed = new CompletableFuture<List<BrokeredSocket>>();
        var _ = Futures.all(sockets.stream().map(HandedSocket::refused).toList())
                .orTimeout(boundMillis, TimeUnit.MILLISECONDS)
                .whenComplete((restored, restoreFailure) -> {
                    if (restoreFailure != null) {
                        cause.addSuppressed(Futures.cause(restoreFailure));
                    }
                    failed.completeExceptionally(cause);
                });
        return failed;
    }

    private ByteString newDepositId() {
        var id = new byte[DEPOSIT_ID_BYTES];
        random.nextBytes(id);
        return ByteString.copyFrom(id);
    }
}
