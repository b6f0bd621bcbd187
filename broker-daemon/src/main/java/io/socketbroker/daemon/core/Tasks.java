package io.socketbroker.daemon.core;

import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskSpec;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Registration of tasks, and what it means for the sockets that name them. */
final class Tasks {
    private static final String FOREIGN_UNITS = "socketbroker-handler";

    /** Of the tasks that the configuration declares; nobody but the broker's user has sockets there. */
    static final String DECLARED_APP = "declared";

    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Conditions conditions;
    private final int brokerUid;
    private Consumer<TaskEntry> onUnregistered = _ -> {};

    Tasks(BrokerState state, Parking parking, Dispatcher dispatcher, Conditions conditions, int brokerUid) {
        this.conditions = conditions;
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.brokerUid = brokerUid;
    }

    /** Who ends the sessions of a task that goes. */
    void onUnregistered(Consumer<TaskEntry> listener) {
        onUnregistered = listener;
    }

    /** What a registration did. */
    record Registration(TaskEntry task, boolean replaced, int adoptedSockets, Runnable undo) {}

    Registration register(TaskName name, TaskSpec requested) {
        requireAppOf(name.app(), name.uid(), "key.app");
        TaskSpec spec = TaskRules.withDefaults(requested, defaultManager(name));
        if (name.uid() != brokerUid) {
            refuseForeign(spec);
        }
        TaskEntry task = state.tasks.get(name);
        boolean replaced = task != null;
        if (task == null) {
            long ofUid = state.tasks.keySet().stream()
                    .filter(other -> other.uid() == name.uid())
                    .count();
            if (ofUid >= state.limits.tasksPerUid()) {
                throw BrokerRefusal.limit(
                        "tasks-per-uid",
                        state.limits.tasksPerUid(),
                        "uid " + Integer.toUnsignedString(name.uid()),
                        "unregister some");
            }
            task = new TaskEntry(name, spec, state.wallTime);
            state.tasks.put(name, task);
        }
        Optional<TaskSpec> former = replaced ? Optional.of(task.spec) : Optional.empty();
        Instant formerTime = task.registeredAt;
        task.spec = spec;
        conditions.reset(task);
        Instant time = state.wallTime;
        task.registeredAt = time;
        state.effect(new Effect.Journal(new JournalEntry.TaskPut(name, spec, task.registeredAt)));
        state.emit(EventType.EVENT_TYPE_TASK_REGISTERED, name, replaced ? "replaced" : "");
        int adopted = adoptOrphans(name);
        dispatcher.moreCapacity(task);
        return new Registration(task, replaced, adopted, () -> undo(name, spec, time, former, formerTime));
    }

    private void undo(
            TaskName name, TaskSpec refused, Instant refusedTime, Optional<TaskSpec> former, Instant formerTime) {
        TaskEntry task = state.tasks.get(name);
        if (task == null || !task.spec.equals(refused) || !task.registeredAt.equals(refusedTime)) {
            return;
        }
        if (former.isEmpty()) {
            unregister(name, SocketDisposition.SOCKET_DISPOSITION_ORPHAN);
            return;
        }
        task.spec = former.get();
        task.registeredAt = formerTime;
        conditions.reset(task);
        state.emit(EventType.EVENT_TYPE_TASK_REGISTERED, name, "as it was, because the store did not take the new one");
        dispatcher.moreCapacity(task);
    }

    /** Programs run as the broker's own uid; for other users only units that an administrator made for this. */
    private void refuseForeign(TaskSpec spec) {
        if (spec.hasExec()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_EXEC_FOREIGN_UID,
                    "spec.exec",
                    "exec handlers run as the broker's uid " + Integer.toUnsignedString(brokerUid)
                            + " and are only for tasks of that uid; run a broker of your own");
        }
        if (spec.hasSystemd()
                && (spec.getSystemd().getManager() == Manager.MANAGER_USER
                        || !spec.getSystemd().getUnitTemplate().startsWith(FOREIGN_UNITS))) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_EXEC_FOREIGN_UID,
                    "spec.systemd",
                    "tasks of other users than uid " + Integer.toUnsignedString(brokerUid)
                            + " may only start units of the system manager whose names start with " + FOREIGN_UNITS);
        }
    }

    /** Whether a registration would change nothing. */
    boolean isRegisteredAs(TaskName name, TaskSpec requested) {
        TaskEntry task = state.tasks.get(name);
        return task != null && task.spec.equals(TaskRules.withDefaults(requested, defaultManager(name)));
    }

    private Manager defaultManager(TaskName name) {
        return brokerUid == 0 || name.uid() != brokerUid ? Manager.MANAGER_SYSTEM : Manager.MANAGER_USER;
    }

    private int adoptOrphans(TaskName name) {
        int adopted = 0;
        for (SocketEntry socket : state.sockets.ofTask(name)) {
            if (socket.is(SocketState.SOCKET_STATE_ORPHANED)) {
                parking.park(socket, "its task is registered again");
                adopted++;
            }
        }
        return adopted;
    }

    int unregister(TaskName name, SocketDisposition disposition) {
        TaskEntry task = require(name, "key");
        int used = state.sockets.sizeOf(name);
        if (used > 0 && disposition == SocketDisposition.SOCKET_DISPOSITION_UNSPECIFIED) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_TASK_IN_USE,
                    "sockets",
                    used + " sockets name task " + name + "; choose ORPHAN or CLOSE for them");
        }
        state.tasks.remove(name);
        task.registered = false;
        // Ends leases, and may close some of the sockets: only what is left is disposed of.
        onUnregistered.accept(task);
        for (SocketEntry socket : state.sockets.ofTask(name)) {
            dispose(socket, disposition);
        }
        conditions.reset(task);
        task.queue.clear();
        task.heldListeners.clear();
        state.effect(new Effect.Journal(new JournalEntry.TaskRemoved(name)));
        state.emit(EventType.EVENT_TYPE_TASK_UNREGISTERED, name, "");
        return used;
    }

    private void dispose(SocketEntry socket, SocketDisposition disposition) {
        if (disposition == SocketDisposition.SOCKET_DISPOSITION_CLOSE) {
            parking.stopTimer(socket);
            parking.revoke(socket, "its task was unregistered");
            parking.close(socket, true, "its task was unregistered");
        } else if (socket.is(SocketState.SOCKET_STATE_PARKED)
                || socket.is(SocketState.SOCKET_STATE_QUEUED)
                || socket.is(SocketState.SOCKET_STATE_QUARANTINED)) {
            parking.unwatch(socket);
            parking.park(socket, "");
        }
        // A leased or releasing socket is orphaned when it comes back.
    }

    TaskEntry require(TaskName name, String field) {
        TaskEntry task = state.tasks.get(name);
        if (task == null) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_TASK_UNKNOWN, field, "task " + name + " is not registered");
        }
        return task;
    }

    /** An app name belongs to the uid that first used it, for as long as it has a task or socket. */
    void requireAppOf(String app, int uid, String field) {
        if (app.equals(DECLARED_APP) && uid != brokerUid) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_APP_OF_ANOTHER_USER,
                    field,
                    "app " + app + " is for what the broker's configuration declares; choose another name, or act as"
                            + " the broker's uid " + Integer.toUnsignedString(brokerUid));
        }
        boolean taken = state.tasks.keySet().stream()
                        .anyMatch(task -> task.uid() != uid && task.app().equals(app))
                || state.sockets.appUsedByOther(app, uid);
        if (taken) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_APP_OF_ANOTHER_USER,
                    field,
                    "app " + app + " belongs to another user; choose another name");
        }
    }
}
