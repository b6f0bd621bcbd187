package io.socketbroker.daemon.core;

import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TriggerReason;

/** What becomes of a socket whose handler ended without a word: see ExitPolicy in the protocol. */
final class ExitRules {
    private ExitRules() {}

    /** The task's policy with the defaults filled in for this socket. */
    static ExitPolicy policy(TaskSpec spec, SocketEntry socket) {
        ExitPolicy defaults = defaults(spec, socket);
        ExitPolicy chosen = spec.getExitPolicy();
        return ExitPolicy.newBuilder()
                .setOnSuccess(
                        chosen.getOnSuccess() == ExitAction.EXIT_ACTION_UNSPECIFIED
                                ? defaults.getOnSuccess()
                                : chosen.getOnSuccess())
                .setOnFailure(
                        chosen.getOnFailure() == ExitAction.EXIT_ACTION_UNSPECIFIED
                                ? defaults.getOnFailure()
                                : chosen.getOnFailure())
                .build();
    }

    /** The broker lets go at launch: no duplicate that could delay the FIN (inetd). */
    static boolean releases(TaskSpec spec, SocketEntry socket) {
        ExitPolicy policy = policy(spec, socket);
        return policy.getOnSuccess() == ExitAction.EXIT_ACTION_CLOSE
                && policy.getOnFailure() == ExitAction.EXIT_ACTION_CLOSE;
    }

    static ExitAction action(Lease lease, HandlerEnd end) {
        TaskSpec spec = lease.activation.spec;
        if (!lease.handedOver) {
            // The handler never had the socket, whatever its status says.
            return ExitAction.EXIT_ACTION_RETRY;
        }
        ExitPolicy policy = policy(spec, lease.socket);
        ExitAction action = switch (end) {
            case SUCCEEDED -> policy.getOnSuccess();
            case FAILED -> policy.getOnFailure();
            // Most end well. What it left unread wakes the next; what closes on success might close too much.
            case UNKNOWN ->
                policy.getOnSuccess() == ExitAction.EXIT_ACTION_REARM
                        ? ExitAction.EXIT_ACTION_REARM
                        : policy.getOnFailure();
        };
        boolean over = lease.trigger.getReason() == TriggerReason.TRIGGER_REASON_SOCKET_CLOSED;
        boolean stdio =
                lease.activation.session == null && spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_SOCKET;
        if (over && (action == ExitAction.EXIT_ACTION_REARM || stdio)) {
            // Nothing more can happen on it; an inetd-style program has read its end of file.
            return ExitAction.EXIT_ACTION_CLOSE;
        }
        return action;
    }

    private static ExitPolicy defaults(TaskSpec spec, SocketEntry socket) {
        if (socket.isService()) {
            return of(ExitAction.EXIT_ACTION_REARM, ExitAction.EXIT_ACTION_RETRY);
        }
        if (spec.hasExec() && spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_SOCKET) {
            return of(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_CLOSE);
        }
        return of(ExitAction.EXIT_ACTION_CLOSE, ExitAction.EXIT_ACTION_RETRY);
    }

    private static ExitPolicy of(ExitAction onSuccess, ExitAction onFailure) {
        return ExitPolicy.newBuilder()
                .setOnSuccess(onSuccess)
                .setOnFailure(onFailure)
                .build();
    }
}
