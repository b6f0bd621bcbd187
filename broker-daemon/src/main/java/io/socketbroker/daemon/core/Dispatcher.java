package io.socketbroker.daemon.core;

import io.socketbroker.v1.EventType;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From an event on a parked socket to a handler that gets it: an attached session with credit, else a launch, else the
 * queue. What comes due in one turn goes out together; tasks take turns, an activation each.
 */
final class Dispatcher {
    /** SCM_MAX_FD: descriptors in one message (unix(7)). */
    static final int MOST_IN_ONE_MESSAGE = 253;

    /** Of one delivery; the rest of a frame's 160 KiB is room for what an estimate misses. */
    static final int MOST_DELIVERY_BYTES = 128 * 1024;

    private final BrokerState state;
    private final Parking parking;
    private final Throttle throttle;
    private final Conditions conditions;
    private final LinkedHashSet<TaskEntry> due = new LinkedHashSet<>();

    /** Tasks that would launch, but for the handlers of others; who waits longest comes first. */
    private final LinkedHashSet<TaskEntry> waitingForHandlers = new LinkedHashSet<>();

    private Consumer<TaskEntry> onFreedHandler = _ -> {};
    private Consumer<Activation> deliver = _ -> {};
    private int launched;

    Dispatcher(BrokerState state, Parking parking, Throttle throttle, Conditions conditions) {
        this.state = state;
        this.parking = parking;
        this.throttle = throttle;
        this.conditions = conditions;
        conditions.onChange(this::moreCapacity);
    }

    /** Who is told that a task can take more. */
    void onFreedHandler(Consumer<TaskEntry> listener) {
        onFreedHandler = listener;
    }

    /** Who sends an activation to its session. */
    void onDelivery(Consumer<Activation> sender) {
        deliver = sender;
    }

    /** Queues the wake of a parked socket. */
    void trigger(SocketEntry socket, TriggerDetails trigger) {
        parking.stopTimer(socket);
        parking.settle(socket);
        parking.spoke(socket);
        socket.trigger = trigger;
        state.emit(EventType.EVENT_TYPE_SOCKET_TRIGGERED, socket, null, trigger, "");
        enqueue(socket);
    }

    /** Queues a socket whose trigger is known, when its own rates let it. */
    void enqueue(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (task == null) {
            parking.unwatch(socket);
            parking.park(socket, "");
            return;
        }
        enqueueAfter(socket, throttle.reserve(socket, task));
    }

    /** Queues a socket whose trigger is known, when its turn comes. */
    void enqueueAfter(SocketEntry socket, long waitNanos) {
        socket.state = SocketState.SOCKET_STATE_QUEUED;
        state.changed(socket);
        if (waitNanos == 0) {
            queueNow(socket);
            return;
        }
        socket.timer = state.timers.schedule(state.nowNanos + waitNanos, () -> {
            socket.timer = null;
            queueNow(socket);
        });
    }

    /** Its turn has come. */
    private void queueNow(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (task == null) {
            parking.unwatch(socket);
            parking.park(socket, "");
        } else {
            task.queue.add(socket);
            due.add(task);
        }
    }

    /** Something changed that may let queued sockets of this task go on. */
    void dispatchSoon(TaskEntry task) {
        due.add(task);
    }

    /** At the end of each event or turn. */
    void dispatchDue() {
        while (!due.isEmpty()) {
            TaskEntry task = due.removeFirst();
            if (task.registered && dispatchOne(task)) {
                due.add(task);
            }
        }
    }

    /** Starts one activation of the task; false if there is nothing to start, or nobody to start it. */
    private boolean dispatchOne(TaskEntry task) {
        if (task.queue.isEmpty()) {
            conditions.idle(task);
            return false;
        }
        Optional<Session> session = task.nextSession();
        if ((session.isEmpty() && !mayLaunch(task)) || !conditions.met(task) || isHeld(task)) {
            return false;
        }
        throttle.take(task);
        if (session.isPresent()) {
            send(task, session.get());
        } else {
            launch(task);
        }
        return true;
    }

    private boolean mayLaunch(TaskEntry task) {
        if (!TaskEntry.launches(task.spec)
                || task.running >= task.spec.getLimits().getMaxConcurrency()) {
            return false;
        }
        if (launched >= state.limits.handlers()) {
            waitingForHandlers.add(task);
            tellHandlersInUse(task);
            return false;
        }
        task.heldByHandlers = "";
        return true;
    }

    private void tellHandlersInUse(TaskEntry task) {
        boolean told = !task.heldByHandlers.isEmpty();
        String user = state.tasks.values().stream()
                .max(Comparator.comparingInt(other -> other.running))
                .map(other -> "task " + other.name + " with " + other.running)
                .orElse("nobody");
        task.heldByHandlers =
                "limit handlers = " + state.limits.handlers() + " is reached (used by " + user + " handlers, the most)";
        if (!told) {
            state.emit(EventType.EVENT_TYPE_LIMIT_HELD, task.name, task.heldByHandlers);
        }
    }

    /** Whether a rate makes the whole task wait; it is looked at again when that is over. */
    private boolean isHeld(TaskEntry task) {
        List<Throttle.Hold> holds = throttle.holds(task);
        if (holds.isEmpty()) {
            return false;
        }
        if (task.rateTimer == null) {
            holds.forEach(hold -> state.emit(EventType.EVENT_TYPE_LIMIT_HELD, task.name, hold.message()));
            long waitNanos =
                    holds.stream().mapToLong(Throttle.Hold::waitNanos).max().orElseThrow();
            task.heldByRate = holds.stream().map(Throttle.Hold::reached).collect(Collectors.joining(", and "));
            task.rateTimer = state.timers.schedule(state.nowNanos + waitNanos, () -> {
                task.rateTimer = null;
                moreCapacity(task);
            });
        }
        return true;
    }

    private void send(TaskEntry task, Session session) {
        Activation activation = activate(task, session, takeBurst(task, session.credit, _ -> true));
        session.credit -= activation.leases.size();
        session.activations.add(activation);
        deliver.accept(activation);
    }

    private void launch(TaskEntry task) {
        Activation activation = activate(task, null, takeForLaunch(task));
        task.running++;
        task.launches++;
        launched++;
        state.effect(new Effect.Launch(activation.plan()));
    }

    /**
     * An inetd program can take one socket; a claiming handler is told how many there are. A program in style listen-fds
     * expects all listeners of its service, but only one connection (sd_listen_fds(3), Accept=yes).
     */
    private List<SocketEntry> takeForLaunch(TaskEntry task) {
        boolean claims = Activation.claims(task.spec);
        boolean together = claims
                || (task.spec.getExec().getStyle() == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS
                        && task.queue.getFirst().isService());
        return takeBurst(task, together ? MOST_IN_ONE_MESSAGE : 1, socket -> claims || socket.isService());
    }

    /** The longest waiting sockets, as many as one message can carry; the first one in any case. */
    private static List<SocketEntry> takeBurst(TaskEntry task, int atMost, Predicate<SocketEntry> together) {
        List<SocketEntry> burst = new ArrayList<>();
        long bytes = 0;
        for (SocketEntry socket : task.queue) {
            bytes += socket.deliveryBytes();
            boolean fits = burst.size() < Math.min(atMost, MOST_IN_ONE_MESSAGE)
                    && bytes <= MOST_DELIVERY_BYTES
                    && together.test(socket);
            if (!burst.isEmpty() && !fits) {
                break;
            }
            burst.add(socket);
        }
        burst.forEach(task.queue::remove);
        return burst;
    }

    private Activation activate(TaskEntry task, @Nullable Session session, List<SocketEntry> sockets) {
        Activation activation = new Activation(state.newGeneration(), task, state.newToken(), state.wallTime, session);
        for (SocketEntry socket : sockets) {
            TriggerDetails trigger = (socket.trigger == null ? TriggerDetails.getDefaultInstance() : socket.trigger)
                    .toBuilder().setAttempt(socket.failedAttempts + 1).build();
            socket.state = SocketState.SOCKET_STATE_LEASED;
            socket.generation = state.newGeneration();
            socket.activations++;
            Lease lease =
                    new Lease(activation, socket, trigger, session == null && ExitRules.releases(task.spec, socket));
            socket.lease = lease;
            activation.leases.add(lease);
            state.changed(socket);
        }
        state.activations.put(activation.id, activation);
        state.activationTokens.put(activation.token, activation);
        return activation;
    }

    /** The handler has the socket: from here on it may have read from it. */
    void handedOver(Lease lease) {
        lease.handedOver = true;
        state.changed(lease.socket);
        if (lease.ended) {
            return;
        }
        if (lease.released) {
            state.leaseEnded(lease);
            if (lease.socket.place != null) {
                // The connection lives on in the handler.
                lease.activation.places.add(lease.socket.place);
                lease.socket.place = null;
            }
            parking.release(lease.socket, "to process " + lease.activation.pid);
        } else {
            lease.socket.endDelivered = lease.trigger.getReason() == TriggerReason.TRIGGER_REASON_SOCKET_CLOSED;
        }
    }

    /** A handler that a former broker started takes its place. */
    void adopted(TaskEntry task) {
        task.running++;
        launched++;
    }

    /** The place of a launched handler is free: start what waits, and accept what the backlog holds. */
    void handlerFreed(TaskEntry task) {
        task.running--;
        launched--;
        // In the order in which they began to wait, and all before the one that just had a turn.
        due.addAll(waitingForHandlers);
        waitingForHandlers.clear();
        moreCapacity(task);
    }

    /** A handler or a session of the task can take more. */
    void moreCapacity(TaskEntry task) {
        dispatchSoon(task);
        onFreedHandler.accept(task);
    }

    /** Takes a socket out of every queue, because its owner took it back or closes it. */
    void withdraw(SocketEntry socket) {
        TaskEntry task = state.tasks.get(socket.task);
        if (task != null) {
            task.queue.remove(socket);
            task.heldListeners.remove(socket);
        }
        parking.leaveLine(socket);
        parking.stopTimer(socket);
    }
}
