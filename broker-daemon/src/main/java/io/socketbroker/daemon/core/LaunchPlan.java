package io.socketbroker.daemon.core;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TriggerDetails;
import java.util.List;

/**
 * Everything that is needed to start one handler.
 *
 * @param activationId of this attempt
 * @param task that is woken
 * @param spec of the task: program and style, or unit
 * @param token for SOCKETBROKER_TOKEN
 * @param sockets that are handed over, at least one
 */
public record LaunchPlan(long activationId, TaskName task, TaskSpec spec, Token token, List<Handed> sockets) {
    /**
     * One socket of a launch.
     *
     * @param slot where the descriptor is
     * @param name of the socket
     * @param candidate what is known of the kernel socket
     * @param generation of the lease
     * @param trigger why
     * @param released the broker lets go once the handler runs
     */
    public record Handed(
            Slot slot,
            SocketName name,
            Candidate candidate,
            long generation,
            TriggerDetails trigger,
            boolean released) {}

    /** Program and style, unless a unit is started. */
    public ExecLauncher exec() {
        return spec.getExec();
    }

    /** How the handler finds its sockets. */
    public LaunchStyle style() {
        return spec.hasSystemd()
                ? LaunchStyle.LAUNCH_STYLE_CLAIM
                : spec.getExec().getStyle();
    }

    /** The first socket, and the only one in style socket. */
    public Handed first() {
        return sockets.getFirst();
    }
}
