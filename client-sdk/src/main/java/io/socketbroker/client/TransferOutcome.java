package io.socketbroker.client;

import com.google.rpc.Code;
import io.grpc.MethodDescriptor;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.GetSocketRequest;
import io.socketbroker.v1.GetSocketResponse;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketServiceGrpc;
import io.socketbroker.v1.SocketState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch, until it is known whose it is. A broker that dies, or is replaced, before its reply came may have the
 * sockets or not: the next one is asked by their names, and one that has the same kernel sockets (SO_COOKIE, socket(7)) got
 * them. From one that has none the transfer is repeated, as every broker takes a kernel socket once at most. Its steps
 * follow one another, on any thread; none blocks.
 */
final class TransferOutcome {

    private static final Logger LOG = LoggerFactory.getLogger(TransferOutcome.class);
    private static final MethodDescriptor<GetSocketRequest, GetSocketResponse> GET_SOCKET =
            SocketServiceGrpc.getGetSocketMethod();

    private final GrpcConnection grpc;
    private final Supplier<CompletableFuture<List<Socket>>> attempt;
    private final List<SocketKey> keys;
    private final List<Long> cookies;
    private final Instant begun = Instant.now();
    private @Nullable Absence absence;
    // An attempt had no answer, so that a refusal of the next one may be its echo.
    private boolean inDoubt;

    /**
     * Of a batch.
     *
     * @param attempt sends it once, with the descriptors, which stay open until the end
     * @param keys the names in its order
     */
    TransferOutcome(
            GrpcConnection grpc,
            List<SocketKey> keys,
            List<Fd> fds,
            Supplier<CompletableFuture<List<Socket>>> attempt) {
        this.grpc = grpc;
        this.keys = keys;
        this.cookies = fds.stream().map(TransferOutcome::cookie).toList();
        this.attempt = attempt;
    }

    /** Zero, which no socket has, for what is none: the broker says so. */
    private static long cookie(Fd fd) {
        try {
            return SocketOptions.cookie(fd);
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTSOCK)) {
                return 0;
            }
            throw e;
        }
    }

    /** Sends it, until there is an answer, or it was long enough. */
    CompletableFuture<List<Socket>> begin() {
        return attempt.get().exceptionallyCompose(failure -> failed(Futures.cause(failure)));
    }

    private CompletableFuture<List<Socket>> failed(Throwable cause) {
        if (!(cause instanceof BrokerException e)) {
            return CompletableFuture.failedFuture(cause);
        }
        if (grpc.isAway(e)) {
            LOG.debug("a transfer had no answer", e);
            inDoubt = true;
            return pause(e).thenCompose(_ -> ask(e, true));
        }
        if (e.reason() == ErrorReason.ERROR_REASON_DEPOSIT_UNKNOWN) {
            // Deposit and call came to two brokers.
            return pause(e).thenCompose(_ -> begin());
        }
        if (inDoubt && says(e, ErrorReason.ERROR_REASON_SOCKET_ALREADY_BROKERED)) {
            return pause(e).thenCompose(_ -> ask(e, true));
        }
        if (e.code() == Code.DEADLINE_EXCEEDED) {
            // A broker that lives may still take it: nothing is repeated.
            return ask(e, false);
        }
        return CompletableFuture.failedFuture(e);
    }

    private static boolean says(BrokerException refusal, ErrorReason reason) {
        return refusal.reason() == reason || refusal.refusals().stream().anyMatch(item -> item.getReason() == reason);
    }

    private CompletableFuture<Void> pause(BrokerException cause) {
        var since = absence;
        if (since == null) {
            since = grpc.absence();
            absence = since;
        }
        return since.pause(cause);
    }

    /** Whether the broker that serves now has them. */
    private CompletableFuture<List<Socket>> ask(BrokerException cause, boolean mayRepeat) {
        var answers = new ArrayList<CompletableFuture<Optional<Socket>>>();
        for (int i = 0; i < keys.size(); i++) {
            answers.add(ask(keys.get(i), cookies.get(i)));
        }
        return Futures.all(answers)
                .handle((_, failure) -> Optional.ofNullable(failure))
                .thenCompose(failure -> failure.isPresent()
                        ? askAgain(Futures.cause(failure.get()), cause, mayRepeat)
                        : decide(answers.stream().map(CompletableFuture::join).toList(), cause, mayRepeat));
    }

    private CompletableFuture<List<Socket>> askAgain(Throwable failure, BrokerException cause, boolean mayRepeat) {
        if (failure instanceof BrokerException e && grpc.isAway(e)) {
            return pause(cause).thenCompose(_ -> ask(cause, mayRepeat));
        }
        cause.addSuppressed(failure);
        return CompletableFuture.failedFuture(cause);
    }

    private CompletableFuture<Optional<Socket>> ask(SocketKey key, long cookie) {
        return grpc.call(GET_SOCKET, GetSocketRequest.newBuilder().setKey(key).build())
                .thenApply(answer -> Optional.of(answer.getSocket())
                        .filter(found -> found.getCookie() == cookie)
                        .filter(found -> !isLeasedToThisProgram(found)))
                .exceptionallyCompose(failure -> Futures.cause(failure) instanceof BrokerException e
                                && e.reason() == ErrorReason.ERROR_REASON_SOCKET_UNKNOWN
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failure));
    }

    /** A handler that gives its socket back by a transfer has it until then. */
    private boolean isLeasedToThisProgram(Socket found) {
        var holder = found.getHolder();
        return found.getState() == SocketState.SOCKET_STATE_LEASED
                && holder.getPid() == ProcessHandle.current().pid()
                && Protos.instant(holder.getSince()).isBefore(begun);
    }

    private CompletableFuture<List<Socket>> decide(
            List<Optional<Socket>> found, BrokerException cause, boolean mayRepeat) {
        var present = found.stream().flatMap(Optional::stream).toList();
        if (present.stream().anyMatch(socket -> socket.getState() == SocketState.SOCKET_STATE_DEPOSITED)) {
            // Until custody has it, it would not outlive the broker.
            return pause(cause).thenCompose(_ -> ask(cause, mayRepeat));
        }
        if (present.size() == found.size()) {
            return CompletableFuture.completedFuture(present);
        }
        if (!present.isEmpty()) {
            return CompletableFuture.failedFuture(partly(found, cause));
        }
        return mayRepeat ? begin() : CompletableFuture.failedFuture(cause);
    }

    /** It took all, and does not have all any more. */
    private BrokerException partly(List<Optional<Socket>> found, BrokerException cause) {
        var missing = new ArrayList<ItemError>();
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).isEmpty()) {
                missing.add(ItemError.newBuilder()
                        .setIndex(i)
                        .setSocketId(keys.get(i).getSocketId())
                        .setReason(ErrorReason.ERROR_REASON_SOCKET_UNKNOWN)
                        .setMessage("the broker does not have it, or not any more")
                        .build());
            }
        }
        return new BrokerException(
                Code.UNAVAILABLE,
                ErrorReason.ERROR_REASON_SOCKET_UNKNOWN,
                "the reply to a transfer is lost, and of its " + found.size() + " sockets the broker does not have "
                        + missing.size() + ", which handlers may have taken: the others are the broker's",
                Map.of(),
                missing,
                cause);
    }
}
