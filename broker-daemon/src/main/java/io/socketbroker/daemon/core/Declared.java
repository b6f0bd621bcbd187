package io.socketbroker.daemon.core;

import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import java.util.Optional;

/**
 * What the configuration asks of the rules beyond what callers can. Tasks and sockets that it declares belong to the broker's
 * own uid and are otherwise like all others. On the conductor thread, but for the checks, which are for any.
 */
public final class Declared {
    /** The application of all that is declared. */
    public static final String APP = Tasks.DECLARED_APP;

    private final BrokerState state;
    private final Tasks tasks;
    private final Parking parking;
    private final Dispatcher dispatcher;

    Declared(BrokerState state, Tasks tasks, Parking parking, Dispatcher dispatcher) {
        this.state = state;
        this.tasks = tasks;
        this.parking = parking;
        this.dispatcher = dispatcher;
    }

    /**
     * Registers a task unless it is registered like this; whether something has changed.
     *
     * @throws BrokerRefusal as RegisterTask
     */
    public boolean register(String task, TaskSpec spec) {
        TaskName name = new TaskName(state.brokerUid, APP, task);
        if (tasks.isRegisteredAs(name, spec)) {
            return false;
        }
        tasks.register(name, spec);
        return true;
    }

    /** The place of a socket; empty if it has none, or none yet. */
    public Optional<Slot> slot(String id) {
        return entry(id).map(SocketEntry::slot);
    }

    /** Lets go of a socket without a shutdown: whoever has a duplicate hands it over anew. */
    public void letGo(String id) {
        entry(id).ifPresent(socket -> {
            dispatcher.withdraw(socket);
            parking.revoke(socket, "its declaration has changed");
            parking.release(socket, "the broker's configuration, which declares it anew");
        });
    }

    private Optional<SocketEntry> entry(String id) {
        return state.sockets
                .named(new SocketName(state.brokerUid, APP, id))
                .filter(socket -> !socket.is(SocketState.SOCKET_STATE_DEPOSITED));
    }

    /** An event for the broker's user and administrators. */
    public void tell(EventType type, String message) {
        state.emit(type, message);
    }

    /** What is wrong with the specification of a task. */
    public static Optional<String> problemOf(TaskSpec spec) {
        return problem(() -> TaskRules.withDefaults(spec, spec.getSystemd().getManager()));
    }

    /**
     * What is wrong with how a listening or datagram socket is handed over.
     *
     * @param protocol "tcp", "udp" or "unix"
     */
    public static Optional<String> problemOf(TransferItem item, SocketKind kind, String protocol) {
        Candidate candidate = new Candidate(kind, protocol, 0, Optional.empty(), Optional.empty(), false);
        return problem(() -> {
            OptionRules.check(item.getKeepAlive(), candidate, "keep_alive");
            OptionRules.check(item.getOptions(), item.getKeepAlive(), candidate, "options");
        });
    }

    /** In the words of the configuration, whose keys have the names of the last part of the field. */
    private static Optional<String> problem(Runnable check) {
        try {
            check.run();
            return Optional.empty();
        } catch (BrokerRefusal refusal) {
            String message = String.valueOf(refusal.getMessage());
            int colon = message.indexOf(':');
            int dot = message.lastIndexOf('.', Math.max(0, colon));
            return Optional.of(message.substring(dot < colon ? dot + 1 : 0).replace('_', '-'));
        }
    }
}
