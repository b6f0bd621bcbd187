package io.socketbroker.daemon.core;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.List;
import java.util.Optional;

/** Parked listeners: whose connections are accepted, and when they wait in the backlog. */
final class Listeners {
    private static final long HELD_LISTENER_RETRY_NANOS = 1_000_000_000L;

    /** Connections of one task that were accepted and sent nothing so far. */
    private static final int MOST_SILENT = 1_024;

    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Connections connections;
    private final Throttle throttle;
    private final Conditions conditions;

    Listeners(
            BrokerState state,
            Parking parking,
            Dispatcher dispatcher,
            Connections connections,
            Throttle throttle,
            Conditions conditions) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.connections = connections;
        this.throttle = throttle;
        this.conditions = conditions;
        dispatcher.onFreedHandler(this::resumeAll);
        connections.onRoom(this::resumeAll);
        connections.onTurn(this::wake);
    }

    /** A connection waits: hand the listener over, or accept. */
    void connection(SocketEntry listener) {
        if (listener.options.getAcceptMode() == AcceptMode.ACCEPT_MODE_LISTENER) {
            dispatcher.trigger(
                    listener,
                    TriggerDetails.newBuilder()
                            .setReason(TriggerReason.TRIGGER_REASON_CONNECTION_ACCEPTED)
                            .build());
        } else {
            acceptOrHold(listener);
        }
    }

    /** Connections over a limit wait in the kernel's backlog, and the listener is looked at again when there is room. */
    private void acceptOrHold(SocketEntry listener) {
        TaskEntry task = state.tasks.get(listener.task);
        if (task == null) {
            return;
        }
        int bySockets = Math.min(
                state.limits.sockets() - state.sockets.size(),
                state.limits.socketsPerUid() - state.sockets.sizeOf(listener.name.uid()));
        int byConnections = connections.room(task);
        int byHandlers = listener.options.hasFirstBytesTimeout() ? MOST_SILENT - task.silent : byHandlers(task);
        int allowed = Math.min(Math.min(byHandlers, byConnections), Math.min(bySockets, BrokerLimits.ACCEPTS_PER_TURN));
        if (allowed > 0) {
            listener.quiet().toldHeld = "";
            state.effect(new Effect.Accept(listener.slot(), listener.generation, allowed));
        } else if (bySockets <= 0) {
            hold(
                    task,
                    listener,
                    "limit sockets = " + state.limits.sockets() + " is reached (used by "
                            + state.sockets.largestHolder() + ")");
        } else if (byConnections <= 0) {
            hold(
                    task,
                    listener,
                    "limit max_connections = "
                            + task.spec.getLimits().getMaxConnections() + " is reached (used by "
                            + Connections.largestSource(task) + ")");
        } else {
            hold(task, listener, why(listener, task));
        }
    }

    /** Connections that could be handled at once, as far as handlers, rates and conditions of the task go. */
    private int byHandlers(TaskEntry task) {
        return conditions.met(task) ? Math.min(task.freeHandlers(), throttle.available(task)) : 0;
    }

    private static String why(SocketEntry listener, TaskEntry task) {
        if (listener.options.hasFirstBytesTimeout()) {
            return MOST_SILENT + " connections have sent nothing yet";
        }
        if (!task.conditions.unmet.isEmpty()) {
            return task.conditions.unmet;
        }
        if (!TaskEntry.launches(task.spec)) {
            return "no session with credit is attached, and the task has no command";
        }
        return task.freeHandlers() <= 0
                ? "limit max_concurrency = " + task.spec.getLimits().getMaxConcurrency() + " is reached (used by task "
                        + task.name + "), and no session has credit"
                : "a rate of its activations, or a condition of its task";
    }

    private void hold(TaskEntry task, SocketEntry listener, String why) {
        task.heldListeners.put(listener, why);
        if (!listener.quiet().toldHeld.equals(why)) {
            listener.quiet().toldHeld = why;
            state.emit(EventType.EVENT_TYPE_LIMIT_HELD, listener, "connections wait in the backlog: " + why);
        }
        if (listener.timer == null) {
            // Handlers that end resume it at once; the timer is for limits that nothing of this task frees.
            listener.timer =
                    state.timers.schedule(state.nowNanos + HELD_LISTENER_RETRY_NANOS, () -> resume(task, listener));
        }
    }

    private void resume(TaskEntry task, SocketEntry listener) {
        parking.stopTimer(listener);
        if (task.heldListeners.remove(listener) != null
                && listener.is(SocketState.SOCKET_STATE_PARKED)
                && state.sockets.named(listener.name).orElse(null) == listener) {
            acceptOrHold(listener);
        }
    }

    /** One connection of a listener; the shell binds its descriptor to the slot before the effects run. */
    Optional<SocketEntry> accepted(SocketEntry listener, Candidate connection) {
        TaskEntry task = state.tasks.get(listener.task);
        if (task == null) {
            return Optional.empty();
        }
        Connections.Admission admission = connections.admission(task, connection);
        if (admission == Connections.Admission.REFUSED) {
            return Optional.empty();
        }
        SocketEntry child = new SocketEntry(
                state.sockets.nextSlot(),
                freeChildName(listener),
                listener.task,
                connection,
                state.wallTime,
                listener.name.id(),
                ofConnection(listener.options),
                listener.context,
                KeepAlive.getDefaultInstance());
        child.generation = state.newGeneration();
        state.sockets.add(child);
        connections.add(task, child, connection, admission);
        state.changed(child);
        state.emit(
                EventType.EVENT_TYPE_CONNECTION_ACCEPTED,
                child,
                "from " + connection.peer().map(Object::toString).orElse("unknown"));
        if (admission == Connections.Admission.WAITS) {
            child.state = SocketState.SOCKET_STATE_QUEUED;
            state.emit(
                    EventType.EVENT_TYPE_LIMIT_HELD,
                    child,
                    "limit max_connections_per_source = "
                            + task.spec.getLimits().getMaxConnectionsPerSource() + " is reached"
                            + Connections.user(child));
        } else {
            wake(child);
        }
        return Optional.of(child);
    }

    /** What of a listener's options goes for its connections. */
    private static SocketOptions ofConnection(SocketOptions ofListener) {
        if (ofListener.getAutoAnswersCount() == 0 && !ofListener.hasWakeFilter()) {
            return SocketOptions.getDefaultInstance();
        }
        return SocketOptions.newBuilder()
                .addAllAutoAnswers(ofListener.getAutoAnswersList())
                .mergeFrom(
                        ofListener.hasWakeFilter()
                                ? SocketOptions.newBuilder()
                                        .setWakeFilter(ofListener.getWakeFilter())
                                        .build()
                                : SocketOptions.getDefaultInstance())
                .build();
    }

    /** A connection may go to a handler: at once, or when its first bytes are there. */
    private void wake(SocketEntry connection) {
        TaskEntry task = state.tasks.get(connection.task);
        Optional<SocketOptions> ofListener = state.sockets
                .named(new SocketName(connection.name.uid(), connection.name.app(), connection.listenerId))
                .map(listener -> listener.options)
                .filter(SocketOptions::hasFirstBytesTimeout);
        if (task != null && ofListener.isPresent()) {
            parking.parkSilent(connection, task, ofListener.get().getFirstBytesTimeout());
            return;
        }
        dispatcher.trigger(
                connection,
                TriggerDetails.newBuilder()
                        .setReason(TriggerReason.TRIGGER_REASON_CONNECTION_ACCEPTED)
                        .build());
    }

    private SocketName freeChildName(SocketEntry listener) {
        SocketName name;
        do {
            listener.activations++;
            name = new SocketName(
                    listener.name.uid(), listener.name.app(), listener.name.id() + ":" + listener.activations);
        } while (state.sockets.named(name).isPresent());
        return name;
    }

    /** The shell has accepted what it could. */
    void acceptingDone(SocketEntry listener, Acceptance outcome) {
        TaskEntry task = state.tasks.get(listener.task);
        if (task == null || !listener.is(SocketState.SOCKET_STATE_PARKED)) {
            return;
        }
        switch (outcome) {
            case BACKLOG_EMPTY -> parking.watch(listener);
            case MORE_WAITING -> acceptOrHold(listener);
            case NO_DESCRIPTORS -> hold(task, listener, "the broker has no descriptors left");
        }
    }

    /** A handler's place of this task is free. */
    private void resumeAll(TaskEntry task) {
        for (SocketEntry listener : List.copyOf(task.heldListeners.keySet())) {
            resume(task, listener);
        }
    }
}
