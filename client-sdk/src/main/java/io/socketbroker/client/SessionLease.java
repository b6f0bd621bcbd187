package io.socketbroker.client;

import com.google.rpc.Code;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.LeaseOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The lease of one socket that a session was sent. Thread-safe: its state is guarded by its lock, which is not held while
 * the broker answers.
 */
final class SessionLease implements SocketLease {

    private enum State {
        HELD,
        ENDING,
        ENDED,
        REVOKED
    }

    private final LeaseName name;
    private final HeldLease held;
    private final LeasedDescriptor descriptor;
    private final Consumer<LeaseEnd> completion;
    // All below are guarded by this.
    private State state = State.HELD;
    private boolean kept;
    private String whyRevoked = "";
    private List<Runnable> onRevoked = new ArrayList<>();

    /**
     * A lease that goes on.
     *
     * @param held as the broker knows it
     * @param completion tells the broker of its end, and waits for the answer
     */
    SessionLease(LeaseName name, HeldLease held, LeasedDescriptor descriptor, Consumer<LeaseEnd> completion) {
        this.name = name;
        this.held = held;
        this.descriptor = descriptor;
        this.completion = completion;
    }

    /** For the broker's successor: empty when this lease is over. */
    synchronized Optional<HeldLease> held() {
        return state == State.HELD || state == State.ENDING ? Optional.of(held) : Optional.empty();
    }

    LeaseName name() {
        return name;
    }

    @Override
    public void end(ActivatedSocket socket, Runnable talk) {
        synchronized (this) {
            requireNotRevoked();
            if (state != State.HELD) {
                throw new IllegalStateException("the lease of socket " + socket.id() + " was ended before");
            }
            state = State.ENDING;
        }
        boolean good = false;
        try {
            talk.run();
            good = true;
        } finally {
            ended(good);
        }
    }

    private synchronized void ended(boolean good) {
        if (good) {
            // Also if the broker revoked it meanwhile: it took the completion, so that came first.
            state = State.ENDED;
        } else if (state == State.ENDING) {
            state = State.HELD;
        }
    }

    @Override
    public void complete(LeaseEnd end) {
        try {
            completion.accept(end);
        } catch (BrokerException e) {
            if (e.endsLease()) {
                // The answer overtook the message on the stream.
                revoke(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        if (end.message().getOutcome() == LeaseOutcome.LEASE_OUTCOME_TAKEN) {
            synchronized (this) {
                kept = true;
            }
        }
    }

    @Override
    public void transferBack(ActivatedSocket socket, LeaseEnd end) {
        throw new IllegalStateException("the broker keeps a duplicate of every socket that it sends to a session");
    }

    /** The broker ended it. Without effect after the end. */
    void revoke(String why) {
        List<Runnable> actions;
        synchronized (this) {
            if (state == State.ENDED || state == State.REVOKED) {
                return;
            }
            state = State.REVOKED;
            whyRevoked = why;
            actions = onRevoked;
            onRevoked = List.of();
        }
        actions.forEach(SessionLease::call);
    }

    @Override
    public void onRevoked(Runnable action) {
        synchronized (this) {
            if (state != State.REVOKED) {
                if (state != State.ENDED) {
                    onRevoked.add(action);
                }
                return;
            }
        }
        call(action);
    }

    private static void call(Runnable action) {
        Thread.ofVirtual().name("socketbroker-revoked").start(action);
    }

    @Override
    public synchronized boolean isRevoked() {
        return state == State.REVOKED;
    }

    @Override
    public synchronized void requireNotRevoked() {
        if (state == State.REVOKED) {
            throw new BrokerException(
                    Code.FAILED_PRECONDITION,
                    ErrorReason.ERROR_REASON_STALE_GENERATION,
                    "the broker ended the lease of socket " + name.socket().getSocketId() + " (" + whyRevoked
                            + "): stop using it",
                    Map.of("socket_id", name.socket().getSocketId()),
                    List.of());
        }
    }

    /** Whether a handler that is done has left the end of the lease to the session. */
    synchronized boolean isHeld() {
        return state == State.HELD;
    }

    /** The handler is done with the descriptor, unless it took or keeps it. */
    void closeDescriptor() {
        synchronized (this) {
            if (kept) {
                return;
            }
        }
        descriptor.close();
    }
}
