package io.socketbroker.client;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.LaunchStyle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The talk of a launched handler with its broker: what it was started for, and the end of each socket's lease.
 * Thread-safe by one lock, which is held while the broker answers; every wait is bounded. Without gRPC's classes.
 */
final class Lease implements SocketLease {

    private static final int FIRST_LISTEN_FD = 3;
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(10);

    private final HandlerEnvironment environment;
    private volatile CompletableFuture<Void> returns = CompletableFuture.completedFuture(null);
    // All below are guarded by this.
    private @Nullable List<ActivatedSocket> sockets;
    private @Nullable FdConnection connection;
    private final Set<ActivatedSocket> ended = new HashSet<>();

    Lease(HandlerEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void transferBack(ActivatedSocket socket, LeaseEnd end) {
        ReturnByTransfer.giveBack(environment, socket, end);
    }

    /** Before the claim: sockets wait for {@link #releaseReturns} before they go back to the broker. */
    void holdReturns() {
        returns = new CompletableFuture<>();
    }

    /** Sockets may go back, and those that wait do. */
    void releaseReturns() {
        returns.complete(null);
    }

    /** Without the lock: other sockets' leases may end meanwhile. */
    @Override
    public void awaitReturn() {
        returns.join();
    }

    synchronized List<ActivatedSocket> sockets() {
        var known = sockets;
        if (known != null) {
            return known;
        }
        var claimed = claimOrDisconnect();
        var list = new ArrayList<ActivatedSocket>();
        for (int i = 0; i < claimed.activation().getSocketsCount(); i++) {
            var one = claimed.activation().getSockets(i);
            list.add(new ActivatedSocket(
                    new BrokeredSocket(one.getSocket()),
                    new Trigger(one.getTrigger()),
                    one.getReleased(),
                    descriptor(claimed, i),
                    this));
        }
        var result = List.copyOf(list);
        sockets = result;
        return result;
    }

    private Claims.Claimed claimOrDisconnect() {
        boolean good = false;
        try {
            var claimed = claim();
            good = true;
            return claimed;
        } finally {
            if (!good) {
                disconnect();
            }
        }
    }

    private Claims.Claimed claim() {
        try {
            var claimed = Claims.claim(live(), environment.token());
            int count = claimed.activation().getSocketsCount();
            int expected = environment.style() == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS ? environment.listenFds() : 1;
            if (environment.style() != LaunchStyle.LAUNCH_STYLE_CLAIM && count != expected) {
                claimed.descriptors().forEach(OwnedFd::close);
                throw new IllegalStateException(
                        "the broker tells of " + count + " sockets, but passed " + expected + " at launch");
            }
            return claimed;
        } catch (Claims.UnsureException e) {
            // The lease is the broker's to judge: it keeps a duplicate, and this process ends without the socket.
            e.claimed().descriptors().forEach(OwnedFd::close);
            throw e.failure();
        }
    }

    private LeasedDescriptor descriptor(Claims.Claimed claimed, int index) {
        if (environment.style() == LaunchStyle.LAUNCH_STYLE_CLAIM) {
            return LeasedDescriptor.of(claimed.descriptors().get(index));
        }
        return environment.style() == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS
                ? LeasedDescriptor.of(OwnedFd.own(FIRST_LISTEN_FD + index))
                : LeasedDescriptor.ofStandardInput();
    }

    /**
     * Ends the lease of one socket by the given talk with the broker. If that fails, the lease goes on and can be ended
     * again.
     */
    @Override
    public synchronized void end(ActivatedSocket socket, Runnable talk) {
        if (ended.contains(socket)) {
            throw new IllegalStateException("the lease of socket " + socket.id() + " was ended before");
        }
        talk.run();
        ended.add(socket);
        if (ended.size() == sockets().size()) {
            disconnect();
        }
    }

    /** Whether nobody has ended the lease of the socket yet; waits for one who tries. */
    synchronized boolean isHeld(ActivatedSocket socket) {
        return !ended.contains(socket);
    }

    @Override
    public synchronized void complete(LeaseEnd end) {
        long deadline = System.nanoTime() + LONGEST_ABSENCE.toNanos();
        var backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
        boolean toldBefore = false;
        while (true) {
            try {
                tell(end);
                return;
            } catch (BrokerException e) {
                if (toldBefore && e.endsLease()) {
                    // The answer to the first word was lost with the broker that took it.
                    return;
                }
                if (!e.isLossOfBroker() || System.nanoTime() > deadline) {
                    throw e;
                }
                // A broker that starts anew knows this lease.
                toldBefore = true;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(backoff.nextDelayMillis()));
            }
        }
    }

    private void tell(LeaseEnd end) {
        var request = FdFrame.newBuilder()
                .setComplete(CompleteRequest.newBuilder()
                        .setToken(environment.token())
                        .addCompletions(end.message()));
        var answer = live().exchange(request, List.of(), FdFrame.BodyCase.COMPLETED);
        answer.closeDescriptors();
        var errors = answer.frame().getCompleted().getErrorsList();
        if (!errors.isEmpty()) {
            throw FdErrors.refusal(errors);
        }
    }

    private FdConnection live() {
        var present = connection;
        if (present != null && present.isUsable()) {
            return present;
        }
        disconnect();
        var opened = FdConnection.open(environment.directory(), ClientTimeouts.DEFAULT.descriptors());
        connection = opened;
        return opened;
    }

    /** Closes the connection; the next talk opens another one. */
    synchronized void disconnect() {
        var present = connection;
        if (present != null) {
            present.close();
            connection = null;
        }
    }
}
