package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Takes sockets back: in one message on {@code fd.sock}, or, if their contexts are too much for its answer, a token over gRPC
 * and the descriptors for it. Thread-safe.
 */
final class Reclaims {

    private final FdAgent descriptors;
    private final GrpcConnection grpc;

    Reclaims(FdAgent descriptors, GrpcConnection grpc) {
        this.descriptors = descriptors;
        this.grpc = grpc;
    }

    /**
     * Takes them back.
     *
     * @param waits whether the calling thread waits for the future: then it does the work as far as it can
     */
    CompletableFuture<List<ReclaimedSocket>> reclaim(List<SocketKey> keys, boolean waits) {
        var request = ReclaimRequest.newBuilder().addAllKeys(keys).build();
        if (!FdConnection.fits(request.getSerializedSize())) {
            return reclaimInTwo(keys, request);
        }
        return descriptors
                .run(waits, connection -> {
                    grpc.reached();
                    return Claims.reclaim(connection, request);
                })
                .exceptionallyCompose(failure -> resolve(keys, Futures.cause(failure)))
                .thenApply(claimed -> pair(sockets(claimed), claimed))
                .exceptionallyCompose(failure -> isTooMuch(Futures.cause(failure))
                        ? reclaimInTwo(keys, request)
                        : CompletableFuture.failedFuture(failure));
    }

    /** See FdFrame.reclaim. */
    private static boolean isTooMuch(Throwable failure) {
        return failure instanceof BrokerException e
                && e.reason() == ErrorReason.ERROR_REASON_INVALID_FIELD
                && e.field().equals("reclaim");
    }

    private CompletableFuture<List<ReclaimedSocket>> reclaimInTwo(List<SocketKey> keys, ReclaimRequest request) {
        return grpc.call(SocketServiceGrpc.getReclaimMethod(), request)
                .thenCompose(granted -> descriptors
                        .submit(connection -> Claims.claim(connection, granted.getToken()))
                        .exceptionallyCompose(failure -> resolve(keys, Futures.cause(failure)))
                        .thenApply(claimed -> pair(granted.getSocketsList(), claimed)));
    }

    private static List<Socket> sockets(Claims.Claimed claimed) {
        return claimed.activation().getSocketsList().stream()
                .map(ActivatedSocket::getSocket)
                .toList();
    }

    /**
     * After a lost answer to the acknowledgement: if the broker knows none of the sockets any more, the only copies are
     * here and closing them would end the connections.
     */
    private CompletableFuture<Claims.Claimed> resolve(List<SocketKey> keys, Throwable failure) {
        if (!(failure instanceof Claims.UnsureException unsure)) {
            return CompletableFuture.failedFuture(failure);
        }
        var gone = keys.stream().map(this::isGone).toList();
        return Futures.all(gone).handle((done, askFailure) -> {
            if (askFailure == null && gone.stream().allMatch(CompletableFuture::join)) {
                return unsure.claimed();
            }
            unsure.claimed().descriptors().forEach(OwnedFd::close);
            throw unsure.failure();
        });
    }

    private CompletableFuture<Boolean> isGone(SocketKey key) {
        var request = GetSocketRequest.newBuilder().setKey(key).build();
        return grpc.callAgain(SocketServiceGrpc.getGetSocketMethod(), request)
                .handle((found, failure) -> failure != null
                        && Futures.cause(failure) instanceof BrokerException e
                        && e.reason() == ErrorReason.ERROR_REASON_SOCKET_UNKNOWN);
    }

    private static List<ReclaimedSocket> pair(List<Socket> sockets, Claims.Claimed claimed) {
        var fds = claimed.descriptors();
        if (fds.size() != sockets.size()) {
            fds.forEach(OwnedFd::close);
            throw new BrokerException(
                    Code.INTERNAL, "the broker sent " + fds.size() + " descriptors for " + sockets.size() + " sockets");
        }
        return IntStream.range(0, fds.size())
                .mapToObj(i -> new ReclaimedSocket(new BrokeredSocket(sockets.get(i)), fds.get(i)))
                .toList();
    }
}
