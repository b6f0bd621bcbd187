package io.socketbroker.daemon.core;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.List;

/** From an event on a parked socket to a handler that is started for it: queue, limits, retry. */
final class Dispatcher {
    private static final long HELD_LISTENER_RETRY_NANOS = 1_000_000_000L;

    private final BrokerState state;
    private final Parking parking;

    Dispatcher(BrokerState state, Parking parking) {
        this.state = state;
        this.parking = parking;
        parking.onKeepAlive(this::trigger);
    }

    /** A watched socket was reported; stale reports have been sorted out by slot and generation. */
    void ready(SocketEntry socket, Readiness readiness) {
        switch (readiness) {
            case Readiness.Nothing _ -> parking.watch(socket);
            case Readiness.Data data ->
                trigger(
                        socket,
                        TriggerDetails.newBuilder()
                                .setReason(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY)
                                .setBytesAvailable(data.bytesAvailable())
                                .setPeerClosed(data.peerClosed())
                                .build());
            case Readiness.Ended ended ->
                trigger(
                        socket,
                        TriggerDetails.newBuilder()
                                .setReason(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED)
                                .setCloseCause(ended.cause())
                                .setErrorNumber(ended.errorNumber())
                                .setPeerClosed(true)
                                .build());
            case Readiness.Connection _ -> connection(socket);
        }
    }

    private void connection(SocketEntry listener) {
        if (listener.options.getAcceptMode() == AcceptMode.ACCEPT_MODE_LISTENER) {
            trigger(
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
        trigger(
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

    /** Queues the wake of a parked socket and starts what may start. */
    void trigger(SocketEntry socket, TriggerDetails trigger) {
        parking.stopTimer(socket);
        socket.state = SocketState.SOCKET_STATE_QUEUED;
        socket.trigger = trigger;
        state.emit(EventType.EVENT_TYPE_SOCKET_TRIGGERED, socket, null, trigger, "");
        TaskEntry task = state.tasks.get(socket.task);
        if (task == null) {
            parking.unwatch(socket);
            parking.park(socket, "");
            return;
        }
        task.queue.add(socket);
        dispatch(task);
    }

    /** Starts handlers for queued sockets, in their order, as far as the limits allow. */
    void dispatch(TaskEntry task) {
        while (!task.queue.isEmpty()
                && task.registered
                && task.spec.hasExec()
                && task.running < task.spec.getLimits().getMaxConcurrency()
                && state.activations.size() < state.limits.handlers()) {
            launch(task, task.queue.removeFirst());
        }
    }

    private void launch(TaskEntry task, SocketEntry socket) {
        TriggerDetails.Builder trigger =
                socket.trigger == null ? TriggerDetails.newBuilder() : socket.trigger.toBuilder();
        socket.state = SocketState.SOCKET_STATE_LEASED;
        socket.generation = state.newGeneration();
        socket.activations++;
        Activation activation = new Activation(
                state.newGeneration(),
                task,
                state.newToken(),
                socket,
                trigger.setAttempt(socket.failedAttempts + 1).build(),
                ExitRules.releases(task.spec, socket),
                state.wallTime);
        socket.lease = activation;
        task.running++;
        task.launches++;
        state.activations.put(activation.id, activation);
        state.activationTokens.put(activation.token, activation);
        state.effect(new Effect.Launch(activation.plan()));
    }

    /** Puts the same activation back in the queue after a delay that doubles with each failure, plus jitter. */
    void retryLater(SocketEntry socket, Activation failed, String why) {
        if (!state.tasks.containsKey(socket.task)) {
            parking.unwatch(socket);
            parking.park(socket, "");
            return;
        }
        socket.failedAttempts++;
        socket.state = SocketState.SOCKET_STATE_QUEUED;
        socket.trigger = failed.trigger;
        socket.lease = null;
        socket.generation = state.newGeneration();
        long first = state.limits.firstRetryDelay().toNanos();
        long longest = state.limits.longestRetryDelay().toNanos();
        long delay = Math.min(longest, first << Math.min(socket.failedAttempts - 1, 20));
        long jittered = delay / 2 + state.random.nextLong(delay / 2 + 1);
        parking.stopTimer(socket);
        socket.timer = state.timers.schedule(state.nowNanos + jittered, () -> requeue(socket));
        state.emit(
                EventType.EVENT_TYPE_HANDLER_FAILED,
                socket,
                failed,
                null,
                why + "; attempt " + (socket.failedAttempts + 1) + " in " + jittered / 1_000_000 + " ms");
    }

    private void requeue(SocketEntry socket) {
        socket.timer = null;
        TaskEntry task = state.tasks.get(socket.task);
        if (task == null) {
            parking.unwatch(socket);
            parking.park(socket, "");
            return;
        }
        task.queue.add(socket);
        dispatch(task);
    }

    /** A handler's place is free: start what waits, and accept what the backlog holds. */
    void handlerFreed(TaskEntry task) {
        task.running--;
        if (state.activations.size() + 1 == state.limits.handlers()) {
            // The global limit was reached: the others have waited for it longer.
            state.tasks.values().stream().filter(other -> other != task).forEach(this::dispatch);
        }
        dispatch(task);
        for (SocketEntry listener : List.copyOf(task.heldListeners)) {
            resume(task, listener);
        }
    }

    /** Takes a socket out of every queue, because its owner took it back or closes it. */
    void withdraw(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (task != null) {
            task.queue.remove(socket);
            task.heldListeners.remove(socket);
        }
        parking.stopTimer(socket);
    }
}
