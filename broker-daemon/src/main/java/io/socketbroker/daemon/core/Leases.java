package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The life of a handler with its leases: started, working, done by word, by exit, or by the end of its session. */
final class Leases {
    private static final long BLOCKED_SESSION_NANOS = 50_000_000L;
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Retries retries;
    private final Connections connections;

    Leases(BrokerState state, Parking parking, Dispatcher dispatcher, Retries retries, Connections connections) {
        this.connections = connections;
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.retries = retries;
    }

    void launched(long activationId, int pid) {
        Activation activation = state.activations.get(activationId);
        if (activation == null) {
            return;
        }
        activation.pid = pid;
        activation.leases.forEach(lease -> state.changed(lease.socket));
        startWallClock(activation);
        for (Lease lease : activation.leases) {
            state.emit(
                    EventType.EVENT_TYPE_HANDLER_STARTED,
                    lease.socket,
                    activation,
                    null,
                    activation.spec.hasSystemd()
                            ? activation.spec.getSystemd().getUnitTemplate()
                            : activation.spec.getExec().getCommand(0));
            if (!activation.claims()) {
                dispatcher.handedOver(lease);
            }
        }
    }

    /** The handler, or the session, has its time from now on. */
    void startWallClock(Activation activation) {
        if (!activation.spec.hasActivationTimeout()) {
            return;
        }
        startWallClockAt(activation, state.nowNanos + Durations.toNanos(activation.spec.getActivationTimeout()));
    }

    void startWallClockAt(Activation activation, long deadlineNanos) {
        activation.timer = state.timers.schedule(deadlineNanos, () -> {
            if (activation.session != null) {
                sessionTimedOut(activation);
                return;
            }
            state.effect(new Effect.Signal(activation.id, SIGTERM));
            activation.timer = state.timers.schedule(
                    state.nowNanos + state.limits.killDelay().toNanos(),
                    () -> state.effect(new Effect.Signal(activation.id, SIGKILL)));
        });
    }

    void launchFailed(long activationId, String error) {
        ended(activationId, HandlerEnd.FAILED, error, false);
    }

    void exited(long activationId, HandlerEnd end, String status) {
        ended(activationId, end, status, true);
    }

    private void ended(long activationId, HandlerEnd end, String status, boolean ran) {
        Activation activation = state.activations.get(activationId);
        if (activation == null) {
            return;
        }
        state.retire(activation);
        activation.places.forEach(connections::giveBack);
        if (end == HandlerEnd.FAILED) {
            activation.task.failures++;
        }
        for (Lease lease : activation.leases) {
            if (ran) {
                state.emit(EventType.EVENT_TYPE_HANDLER_EXITED, lease.socket, activation, null, status);
            }
            if (!lease.ended) {
                applyPolicy(lease, end, ran ? "handler ended: " + status : status);
            }
        }
        dispatcher.handlerFreed(activation.task);
    }

    /** What a session leaves returns at once: unread deliveries as if they had not been sent, leases by the exit policy. */
    void sessionEnded(Activation activation) {
        for (Lease lease : activation.leases) {
            if (!lease.ended) {
                if (lease.handedOver) {
                    applyPolicy(lease, HandlerEnd.FAILED, "the session ended");
                } else {
                    retries.retryNow(lease);
                }
            }
        }
    }

    /** A program that serves others too is not killed: it loses what it did not finish, and is told. */
    private void sessionTimedOut(Activation activation) {
        for (Lease lease : activation.leases) {
            if (!lease.ended && activation.session != null) {
                state.effect(new Effect.Revoke(
                        activation.session.name, activation.id, lease.socket.name, "the activation's time is over"));
                applyPolicy(lease, HandlerEnd.FAILED, "the session did not finish in time");
            }
        }
    }

    /** The session did not say in time that it has them: they go to others, and the session waits for its own next word. */
    void notAcknowledged(Activation activation) {
        if (activation.session != null) {
            activation.session.credit = 0;
        }
        takeBack(activation);
    }

    /** They could not be sent: the session keeps its credit, and is looked at again once it had time to read. */
    void notSent(Activation activation) {
        Session session = activation.session;
        if (session != null) {
            session.credit += activation.leases.size();
            session.blocked = true;
            state.timers.schedule(state.nowNanos + BLOCKED_SESSION_NANOS, () -> {
                session.blocked = false;
                dispatcher.moreCapacity(session.task);
            });
        }
        takeBack(activation);
    }

    private void takeBack(Activation activation) {
        for (Lease lease : activation.leases) {
            if (!lease.ended) {
                retries.retryNow(lease);
            }
        }
    }

    void applyPolicy(Lease lease, HandlerEnd end, String why) {
        SocketEntry socket = lease.socket;
        ExitAction action = ExitRules.action(lease, end);
        if (end == HandlerEnd.SUCCEEDED && lease.handedOver) {
            socket.failedAttempts = 0;
        }
        switch (action) {
            case EXIT_ACTION_REARM -> {
                state.leaseEnded(lease);
                parking.park(socket, why);
            }
            case EXIT_ACTION_RETRY -> retries.retryLater(lease, why);
            default -> {
                state.leaseEnded(lease);
                parking.close(socket, true, why);
            }
        }
    }

    Activation byToken(Token token, Caller caller) {
        return Optional.ofNullable(state.activationTokens.get(token))
                .filter(activation -> caller.sees(activation.task.name.uid()))
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
        Lease lease = activation
                .leaseOf(completion.getKey().getSocketId())
                .orElseThrow(() -> new BrokerRefusal(
                        ErrorReason.ERROR_REASON_SOCKET_UNKNOWN,
                        field + ".key",
                        "activation " + activation.id + " is not for socket "
                                + completion.getKey().getSocketId()));
        SocketEntry socket = lease.socket;
        if (lease.ended || !lease.handedOver || completion.getGeneration() != lease.generation) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_STALE_GENERATION,
                    field + ".generation",
                    "the lease with generation " + completion.getGeneration() + " of " + socket.name + " is over");
        }
        ByteString context = completion.hasContext() ? completion.getContext() : socket.context;
        state.checkContext(socket, context, field + ".context");
        if (completion.hasKeepAlive()) {
            Candidate candidate = socket.candidate();
            OptionRules.check(completion.getKeepAlive(), candidate, field + ".keep_alive");
            OptionRules.check(socket.options, completion.getKeepAlive(), candidate, field + ".keep_alive");
        }
        if (completion.getOutcome() == LeaseOutcome.LEASE_OUTCOME_UNSPECIFIED
                || completion.getOutcome() == LeaseOutcome.UNRECOGNIZED) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_INVALID_FIELD, field + ".outcome", "must be RETURNED, CLOSED or TAKEN");
        }
        state.leaseEnded(lease);
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
        state.changed(socket);
        parking.park(socket, "returned by its handler");
    }
}
