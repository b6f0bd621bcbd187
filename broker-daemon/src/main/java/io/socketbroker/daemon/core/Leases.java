package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.TriggerReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The life of a launched handler: started, working on its lease, done by word or by exit. */
final class Leases {
    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;

    Leases(BrokerState state, Parking parking, Dispatcher dispatcher) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
    }

    void launched(long activationId, int pid) {
        Activation activation = state.activations.get(activationId);
        if (activation == null) {
            return;
        }
        activation.pid = pid;
        state.emit(
                EventType.EVENT_TYPE_HANDLER_STARTED,
                activation.socket,
                activation,
                null,
                activation.spec.getExec().getCommand(0));
        if (!activation.claims()) {
            handedOver(activation);
        }
    }

    /** The handler has the descriptor: from here on it may have read from it. */
    void handedOver(Activation activation) {
        activation.handedOver = true;
        if (activation.leaseEnded) {
            return;
        }
        SocketEntry socket = activation.socket;
        if (activation.released) {
            activation.leaseEnded = true;
            parking.release(socket, "to process " + activation.pid);
        } else {
            socket.endDelivered = activation.trigger.getReason() == TriggerReason.TRIGGER_REASON_SOCKET_CLOSED;
        }
    }

    void launchFailed(long activationId, String error) {
        Activation activation = end(activationId);
        if (activation == null) {
            return;
        }
        activation.task.failures++;
        if (!activation.leaseEnded) {
            dispatcher.retryLater(activation.socket, activation, error);
        }
        dispatcher.handlerFreed(activation.task);
    }

    void exited(long activationId, boolean success, String status) {
        Activation activation = end(activationId);
        if (activation == null) {
            return;
        }
        if (!success) {
            activation.task.failures++;
        }
        state.emit(EventType.EVENT_TYPE_HANDLER_EXITED, activation.socket, activation, null, status);
        if (!activation.leaseEnded) {
            applyPolicy(activation, success, status);
        }
        dispatcher.handlerFreed(activation.task);
    }

    private void applyPolicy(Activation activation, boolean success, String status) {
        SocketEntry socket = activation.socket;
        ExitAction action = ExitRules.action(activation, success);
        activation.leaseEnded = true;
        if (success && activation.handedOver) {
            socket.failedAttempts = 0;
        }
        switch (action) {
            case EXIT_ACTION_REARM -> parking.park(socket, "handler ended: " + status);
            case EXIT_ACTION_RETRY -> {
                // The next attempt is told of the end again.
                socket.endDelivered = false;
                dispatcher.retryLater(socket, activation, "handler ended: " + status);
            }
            default -> parking.close(socket, true, "handler ended: " + status);
        }
    }

    private @Nullable Activation end(long activationId) {
        Activation activation = state.activations.remove(activationId);
        if (activation != null) {
            state.activationTokens.remove(activation.token);
            if (activation.delivery != null) {
                state.timers.cancel(activation.delivery.timer);
            }
        }
        return activation;
    }

    Activation byToken(Token token, Caller caller) {
        return Optional.ofNullable(state.activationTokens.get(token))
                .filter(activation -> caller.sees(activation.socket.name.uid()))
                .orElseThrow(() -> new BrokerRefusal(
                        ErrorReason.ERROR_REASON_TOKEN_UNKNOWN,
                        "token",
                        "no claim or running activation has this token; it was used, or it has expired"));
    }

    /** Ends the lease of each item that is not stale; the stale ones are returned. */
    List<ItemError> complete(Caller caller, Token token, List<LeaseCompletion> completions) {
        Activation activation = byToken(token, caller);
        List<ItemError> errors = new ArrayList<>();
        for (int index = 0; index < completions.size(); index++) {
            LeaseCompletion completion = completions.get(index);
            try {
                complete(activation, completion, "completions[" + index + "]");
            } catch (BrokerRefusal refusal) {
                errors.add(refusal.asItem(index, completion.getKey().getSocketId()));
            }
        }
        return errors;
    }

    private void complete(Activation activation, LeaseCompletion completion, String field) {
        SocketEntry socket = activation.socket;
        if (!completion.getKey().getSocketId().equals(socket.name.id())) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_SOCKET_UNKNOWN,
                    field + ".key",
                    "activation " + activation.id + " is not for socket " + completion.getKey().getSocketId());
        }
        if (activation.leaseEnded
                || socket.lease != activation
                || !activation.handedOver
                || completion.getGeneration() != activation.generation) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_STALE_GENERATION,
                    field + ".generation",
                    "the lease with generation " + completion.getGeneration() + " of " + socket.name + " is over");
        }
        ByteString context = completion.hasContext() ? completion.getContext() : socket.context;
        ItemRules.checkContext(context, field + ".context", state.limits);
        if (completion.hasKeepAlive()) {
            ItemRules.checkKeepAlive(completion.getKeepAlive(), socket.candidate.kind(), field + ".keep_alive");
        }
        if (completion.getOutcome() == LeaseOutcome.LEASE_OUTCOME_UNSPECIFIED
                || completion.getOutcome() == LeaseOutcome.UNRECOGNIZED) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD, field + ".outcome", "must be RETURNED, CLOSED or TAKEN");
        }
        activation.leaseEnded = true;
        socket.failedAttempts = 0;
        state.emit(
                EventType.EVENT_TYPE_LEASE_COMPLETED,
                socket,
                activation,
                null,
                completion.getOutcome().name());
        switch (completion.getOutcome()) {
            case LEASE_OUTCOME_RETURNED -> returned(socket, context, completion);
            case LEASE_OUTCOME_TAKEN -> parking.release(socket, "taken by process " + activation.pid);
            default -> parking.close(socket, true, "closed by its handler");
        }
    }

    private void returned(SocketEntry socket, ByteString context, LeaseCompletion completion) {
        int formerBytes = socket.context.size();
        socket.context = context;
        state.sockets.contextChanged(socket, formerBytes);
        if (completion.hasKeepAlive()) {
            socket.keepAlive = completion.getKeepAlive();
        }
        state.effect(new Effect.Journal(socket.record()));
        parking.park(socket, "returned by its handler");
    }
}
