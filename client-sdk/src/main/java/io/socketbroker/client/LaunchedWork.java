package io.socketbroker.client;

import io.socketbroker.v1.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that a process was launched for, each with its call of the handler. A failure leaves the lease to the
 * broker, which judges it by the exit status. Thread-safe. Without gRPC's classes.
 */
final class LaunchedWork {

    private static final Logger LOG = LoggerFactory.getLogger(LaunchedWork.class);
    private static final int MOST_TOLD = 10;

    private final Lease lease;
    private final CreditLedger credits;
    private final List<CompletableFuture<Void>> calls = new ArrayList<>();
    // Both guarded by this.
    private final List<Throwable> failures = new ArrayList<>();
    private int failed;

    LaunchedWork(Lease lease, CreditLedger credits) {
        this.lease = lease;
        this.credits = credits;
    }

    /** Claims the sockets and calls the handler for each. Once. */
    void start(HandlerCall call) {
        var sockets = lease.sockets();
        credits.adopt(sockets.size());
        for (var socket : sockets) {
            var done = new CompletableFuture<Void>();
            calls.add(done);
            call.start(socket, failure -> {
                try {
                    failure.or(() -> giveBack(socket)).ifPresent(e -> failed(socket, e));
                } finally {
                    credits.finished();
                    done.complete(null);
                }
            });
        }
    }

    /** Gives back what the handler has left open; the failure if that leaves the lease open. */
    private Optional<Throwable> giveBack(ActivatedSocket socket) {
        if (!lease.isHeld(socket)) {
            return Optional.empty();
        }
        try {
            socket.giveBack();
        } catch (BrokerException e) {
            if (e.reason() != ErrorReason.ERROR_REASON_STALE_GENERATION) {
                return Optional.of(e);
            }
            // Its owner closed it meanwhile: nothing is left to do.
            LOG.debug("{} was not given back", socket, e);
            socket.closeDescriptor();
        } catch (IllegalStateException e) {
            // Ended in this moment by another thread of the program.
            LOG.debug("{} was not given back", socket, e);
        }
        return Optional.empty();
    }

    private void failed(ActivatedSocket socket, Throwable failure) {
        if (!lease.isHeld(socket)) {
            LOG.info("the handler of {} failed after the end of its lease", socket, failure);
            return;
        }
        LOG.warn("the handler of {} failed; the task's exit policy decides on it", socket, failure);
        socket.closeDescriptor();
        synchronized (this) {
            failed++;
            if (failures.size() < MOST_TOLD) {
                failures.add(failure);
            }
        }
        // The broker decides when the process ends: as soon as its other work is done.
        credits.hurry();
    }

    /** Waits until every handler is done, as long as they take, and ends the connection that leases left open. */
    void await() {
        Futures.all(calls).join();
        lease.disconnect();
    }

    /** Throws if a lease is left to the broker. */
    synchronized void requireSuccess() {
        if (failed == 0) {
            return;
        }
        var all = new HandlerFailedException(
                "the handler failed on " + failed + " of the " + calls.size()
                        + " sockets that this process was launched for; the task's exit policy decides on them",
                failures.getFirst());
        failures.stream().skip(1).forEach(all::addSuppressed);
        throw all;
    }
}
