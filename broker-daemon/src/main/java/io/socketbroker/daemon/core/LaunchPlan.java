package io.socketbroker.daemon.core;

import io.socketbroker.v1.ExecLauncher;
import io.socketbroker.v1.TriggerDetails;

/**
 * Everything that is needed to start one handler for one socket.
 *
 * @param activationId of this attempt
 * @param task that is woken
 * @param exec program and style
 * @param token for SOCKETBROKER_TOKEN
 * @param slot where the descriptor is
 * @param socket that is handed over
 * @param candidate what is known of the kernel socket
 * @param generation of the lease
 * @param trigger why
 * @param released the broker lets go once the handler runs
 */
public record LaunchPlan(
        long activationId,
        TaskName task,
        ExecLauncher exec,
        Token token,
        Slot slot,
        SocketName socket,
        Candidate candidate,
        long generation,
        TriggerDetails trigger,
        boolean released) {}
