package io.socketbroker.daemon.core;

import io.socketbroker.v1.HeldLease;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * A running program that is attached to a task. Its gRPC stream and its fd.sock connection may come in either order; it
 * gets work once both are there. Mutable; only the rules of this package change it.
 */
final class Session {
    /** Credit that a session may have at once. */
    static final int MOST_CREDIT = 10_000;

    final SessionName name;
    final int pid;
    final TaskEntry task;

    /** Sockets that it may still be sent. */
    int credit;

    /** It did not read the last delivery; nothing is sent until it is looked at again. */
    boolean blocked;

    /** No more work; what it has goes on. */
    boolean draining;

    /** The fd.sock connection; empty until its Hello. */
    Optional<Long> connection = Optional.empty();

    /** Deliveries with leases that have not ended. */
    final LinkedHashSet<Activation> activations = new LinkedHashSet<>();

    /** Leases of the former broker that go on in it. */
    final List<HeldLease> resumed = new ArrayList<>(0);

    Session(SessionName name, int pid, TaskEntry task, int credit) {
        this.name = name;
        this.pid = pid;
        this.task = task;
        this.credit = credit;
    }

    boolean takesWork() {
        return credit > 0 && !draining && !blocked && connection.isPresent();
    }
}
