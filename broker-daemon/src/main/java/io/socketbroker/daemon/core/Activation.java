package io.socketbroker.daemon.core;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TriggerDetails;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One attempt to have one socket handled by a launched program. Mutable; only the rules of this package change it. */
final class Activation {
    final long id;
    final TaskEntry task;
    final TaskSpec spec;
    final Token token;
    final SocketEntry socket;
    final long generation;
    final TriggerDetails trigger;
    final boolean released;
    final Instant since;

    /** 0 until the handler runs. */
    int pid;

    /** The handler has the descriptor: at launch, or with the acknowledgement of its claim. */
    boolean handedOver;

    /** The lease is over, by completion, close or release; the process may still run. */
    boolean leaseEnded;

    /** A delivery is on its way. */
    @Nullable Claim delivery;

    Activation(
            long id,
            TaskEntry task,
            Token token,
            SocketEntry socket,
            TriggerDetails trigger,
            boolean released,
            Instant since) {
        this.id = id;
        this.task = task;
        this.spec = task.spec;
        this.token = token;
        this.socket = socket;
        this.generation = socket.generation;
        this.trigger = trigger;
        this.released = released;
        this.since = since;
    }

    boolean claims() {
        return spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_CLAIM;
    }

    LaunchPlan plan() {
        return new LaunchPlan(
                id,
                task.name,
                spec.getExec(),
                token,
                socket.slot,
                socket.name,
                socket.candidate,
                generation,
                trigger,
                released);
    }
}
