package io.socketbroker.daemon.core;

import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have sockets handled, by a launched program or by an attached session. Mutable; only the rules of this
 * package change it. With loops rather than streams, because each wake makes one.
 */
final class Activation {
    final long id;
    final TaskEntry task;
    final TaskSpec spec;
    final Token token;
    final Instant since;

    /** Another one after a restart of the broker. */
    @Nullable
    Session session;

    /** In the order of the descriptors; at least one. */
    final List<Lease> leases = new ArrayList<>();

    /** Connections that live on in the handler, until it ends. */
    final List<Connections.Place> places = new ArrayList<>(0);

    /** 0 until the handler runs. */
    int pid;

    /** A delivery is on its way. */
    @Nullable
    Claim delivery;

    /** The wall-clock limit. */
    Timers.@Nullable Timer timer;

    Activation(long id, TaskEntry task, Token token, Instant since, @Nullable Session session) {
        this.id = id;
        this.task = task;
        this.spec = task.spec;
        this.token = token;
        this.since = since;
        this.session = session;
        this.pid = session == null ? 0 : session.pid;
    }

    boolean claims() {
        return session != null || claims(spec);
    }

    /** Handlers of such a task ask for their sockets; the others are born with them. */
    static boolean claims(TaskSpec spec) {
        return spec.hasSystemd() || spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_CLAIM;
    }

    boolean isOver() {
        for (Lease lease : leases) {
            if (!lease.ended) {
                return false;
            }
        }
        return true;
    }

    List<SocketEntry> sockets() {
        List<SocketEntry> sockets = new ArrayList<>(leases.size());
        leases.forEach(lease -> sockets.add(lease.socket));
        return sockets;
    }

    Optional<Lease> leaseOf(String socketId) {
        for (Lease lease : leases) {
            if (lease.socket.name.id().equals(socketId)) {
                return Optional.of(lease);
            }
        }
        return Optional.empty();
    }

    LaunchPlan plan() {
        return new LaunchPlan(
                id, task.name, spec, token, leases.stream().map(Lease::plan).toList());
    }
}
