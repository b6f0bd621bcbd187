package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.ReclaimResponse;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Takes sockets back: token over gRPC, descriptors over {@code fd.sock}. Thread-safe. */
final class Reclaims {

    private final FdAgent descriptors;
    private final GrpcConnection grpc;

    Reclaims(FdAgent descriptors, GrpcConnection grpc) {
        this.descriptors = descriptors;
        this.grpc = grpc;
    }

    CompletableFuture<List<ReclaimedSocket>> reclaim(List<SocketKey> keys) {
        var request = ReclaimRequest.newBuilder().addAllKeys(keys).build();
        return grpc.call(SocketServiceGrpc.getReclaimMethod(), request)
                .thenCompose(granted -> descriptors
                        .submit(connection -> Claims.claim(connection, granted.getToken()))
                        .exceptionallyCompose(failure -> resolve(keys, Futures.cause(failure)))
                        .thenApply(claimed -> pair(granted, claimed)));
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

    private static List<ReclaimedSocket> pair(ReclaimResponse granted, Claims.Claimed claimed) {
        var fds = claimed.descriptors();
        if (fds.size() != granted.getSocketsCount()) {
            fds.forEach(OwnedFd::close);
            throw new BrokerException(
                    Code.INTERNAL,
                    "the broker sent " + fds.size() + " descriptors for " + granted.getSocketsCount() + " sockets");
        }
        return IntStream.range(0, fds.size())
                .mapToObj(i -> new ReclaimedSocket(new BrokeredSocket(granted.getSockets(i)), fds.get(i)))
                .toList();
    }
}
