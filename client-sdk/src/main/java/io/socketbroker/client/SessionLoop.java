package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session attached: one link after another on a platform daemon thread of its own, with delays that double from
 * 0.1 s up to the option's bound. A platform thread, because the receive call blocks in the kernel.
 */
final class SessionLoop {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SESSION_ID_BYTES = 16;
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(20);
    private static final long LONGEST_DELAY_WITH_LEASES_MILLIS = 1_000;

    private final SessionLink.Parts parts;
    private final SessionOptions options;
    private final Deliveries deliveries;
    private final Thread thread;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    // Written under the lock.
    private volatile SessionState state = SessionState.ATTACHING;
    // All below are guarded by this.
    private @Nullable SessionLink current;
    private boolean draining;
    private boolean stopping;

    SessionLoop(SessionLink.Parts parts, SessionOptions options) {
        this.parts = parts;
        this.options = options;
        this.deliveries = new Deliveries(parts.credits(), parts.runner(), this::complete);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("socketbroker-session-" + options.task())
                .unstarted(this::run);
    }

    /** Starts. The future is done with the first link, or fails with its refusal. */
    CompletableFuture<Void> start() {
        thread.start();
        return first;
    }

    SessionState state() {
        return state;
    }

    CompletableFuture<Void> ended() {
        return ended;
    }

    boolean isOwnThread() {
        return Thread.currentThread().equals(thread);
    }

    private void run() {
        Optional<BrokerException> last = Optional.empty();
        try {
            last = attachAgainAndAgain();
        } finally {
            change(SessionState.CLOSED, last);
            deliveries.revokeAll("the session is closed");
            var cause = last.orElseGet(SessionLoop::closed);
            first.completeExceptionally(cause);
            ended.complete(null);
        }
    }

    /** Gives why the first link failed; empty after a life of any length. */
    private Optional<BrokerException> attachAgainAndAgain() {
        var backoff = new Backoff(Duration.ofMillis(100), options.longestReconnectDelay());
        while (true) {
            long begun = System.nanoTime();
            var why = attach();
            if (isOver()) {
                return Optional.empty();
            }
            if (!first.isDone()) {
                return Optional.of(why);
            }
            if (System.nanoTime() - begun > options.longestReconnectDelay().toNanos()) {
                // It held for a while: the next loss is another story.
                backoff.reset();
            }
            long delayMillis = backoff.nextDelayMillis();
            if (!deliveries.held().isEmpty()) {
                // A broker that has started anew waits some seconds for those who hold its sockets.
                delayMillis = Math.min(delayMillis, LONGEST_DELAY_WITH_LEASES_MILLIS);
            }
            LOG.info(
                    "the session of task {} is attached again in {} ms: {}",
                    options.task(),
                    delayMillis,
                    why.getMessage());
            change(SessionState.RECONNECTING, Optional.of(why));
            if (!pause(delayMillis)) {
                return Optional.empty();
            }
        }
    }

    private BrokerException attach() {
        SessionLink link;
        try {
            link = SessionLink.open(parts, deliveries);
        } catch (BrokerException e) {
            return e;
        }
        synchronized (this) {
            current = link;
            if (draining || stopping) {
                link.close(closed());
            }
        }
        var id = new byte[SESSION_ID_BYTES];
        RANDOM.nextBytes(id);
        var why = link.serve(ByteString.copyFrom(id), () -> attached(link));
        if (!link.lostBroker()) {
            // A broker that lives has given them to others already.
            deliveries.revokeAll(String.valueOf(why.getMessage()));
        }
        return why;
    }

    /**
     * Tells the broker of the end of a lease, on the handler's thread: a broker that is away is waited for.
     *
     * @throws BrokerException UNAVAILABLE if it does not come back in time; the lease goes on
     */
    private void complete(ByteString token, LeaseEnd end) {
        long deadline = System.nanoTime() + LONGEST_ABSENCE.toNanos();
        boolean toldBefore = false;
        while (true) {
            try {
                awaitLink(deadline).complete(token, end);
                return;
            } catch (BrokerException e) {
                if (toldBefore && e.endsLease()) {
                    // The answer to the first word was lost with the broker that took it.
                    return;
                }
                if (!e.isLossOfBroker() || System.nanoTime() > deadline) {
                    throw e;
                }
                toldBefore = true;
            }
        }
    }

    private synchronized SessionLink awaitLink(long deadline) {
        while (true) {
            var link = current;
            if (link != null && state == SessionState.ATTACHED && !link.hasEnded()) {
                return link;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || state == SessionState.CLOSED) {
                throw new BrokerException(Code.UNAVAILABLE, "the broker of the session is away");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BrokerException(Code.CANCELLED, "interrupted while the broker of the session is away", e);
            }
        }
    }

    private void attached(SessionLink link) {
        synchronized (this) {
            if (link.hasEnded()) {
                return;
            }
            change(SessionState.ATTACHED, Optional.empty());
        }
        first.complete(null);
    }

    private synchronized boolean isOver() {
        return draining || stopping;
    }

    private synchronized boolean pause(long delayMillis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        long left = delayMillis;
        while (left > 0 && !isOver()) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                // Nobody but a stranger interrupts this thread, and close() has its own way.
                LOG.debug("interrupted", e);
            }
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
        return !isOver();
    }

    private synchronized void change(SessionState to, Optional<BrokerException> cause) {
        if (state == SessionState.CLOSED) {
            return;
        }
        state = to;
        notifyAll();
        try {
            options.listener().changed(to, cause);
        } catch (RuntimeException e) {
            LOG.warn("the listener of the session of task {} failed", options.task(), e);
        }
    }

    /** No more work, and no more links. */
    synchronized void drain() {
        draining = true;
        notifyAll();
    }

    /** Ends the link; its leases return to the broker. */
    synchronized void stop() {
        stopping = true;
        var link = current;
        if (link != null) {
            link.close(closed());
        }
        notifyAll();
    }

    private static BrokerException closed() {
        return new BrokerException(Code.CANCELLED, "the session is closed");
    }
}
