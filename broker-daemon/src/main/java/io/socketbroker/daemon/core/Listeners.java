package io.socketbroker.daemon.core;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.List;

/** Parked listeners: whose connections are accepted, and when they wait in the backlog. */
final class Listeners {
    private static final long HELD_LISTENER_RETRY_NANOS = 1_000_000_000L;

    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;

    Listeners(BrokerState state, Parking parking, Dispatcher dispatcher) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        dispatcher.onFreedHandler(this::resumeAll);
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

    /** Connections over a limit wait in the kernel's backlog, and the listener is looked at again when a handler ends. */
    private void acceptOrHold(SocketEntry listener) {
        TaskEntry task = state.tasks.get(listener.task);
        if (task == null) {
            return;
        }
        int bySockets = Math.min(
                state.limits.sockets() - state.sockets.size(),
                state.limits.socketsPerUid() - state.sockets.sizeOf(listener.name.uid()));
        int allowed = Math.min(Math.min(task.freeHandlers(), bySockets), BrokerLimits.ACCEPTS_PER_TURN);
        if (allowed > 0) {
            state.effect(new Effect.Accept(listener.slot, listener.generation, allowed));
        } else {
            hold(
                    task,
                    listener,
                    bySockets <= 0 ? "the broker's sockets are used up" : "max_concurrency of its task is reached");
        }
    }

    private void hold(TaskEntry task, SocketEntry listener, String why) {
        if (task.heldListeners.add(listener)) {
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
        if (task.heldListeners.remove(listener)
                && listener.is(SocketState.SOCKET_STATE_PARKED)
                && state.sockets.named(listener.name).orElse(null) == listener) {
            acceptOrHold(listener);
        }
    }

    /** One connection of a listener; the shell binds its descriptor to the slot before the effects run. */
    SocketEntry accepted(SocketEntry listener, Candidate connection) {
        SocketName name = freeChildName(listener);
        SocketEntry child = new SocketEntry(
                state.sockets.nextSlot(),
                name,
                listener.task,
                connection,
                state.wallTime,
                listener.name.id(),
                SocketOptions.getDefaultInstance(),
                listener.context,
                KeepAlive.getDefaultInstance());
        child.generation = state.newGeneration();
        state.sockets.add(child);
        state.effect(new Effect.Journal(child.record()));
        state.emit(
                EventType.EVENT_TYPE_CONNECTION_ACCEPTED,
                child,
                "from " + connection.peer().map(Object::toString).orElse("unknown"));
        dispatcher.trigger(
                child,
                TriggerDetails.newBuilder()
                        .setReason(TriggerReason.TRIGGER_REASON_CONNECTION_ACCEPTED)
                        .build());
        return child;
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
        for (SocketEntry listener : List.copyOf(task.heldListeners)) {
            resume(task, listener);
        }
    }
}
