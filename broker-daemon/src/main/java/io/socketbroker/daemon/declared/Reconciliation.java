package io.socketbroker.daemon.declared;

import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.ListenerDeclaration;
import io.socketbroker.configuration.ListenerSocket;
import io.socketbroker.configuration.TaskDeclaration;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.Task;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a broker from what it has to what is declared, one thing after the other; what cannot be done is in the report, and the
 * rest is done all the same. A kernel socket at a declared address stays the same one, whatever else changes. Used once.
 */
final class Reconciliation {
    private final Broker broker;
    private final Configuration declared;
    private final Report report = new Report();

    /** What the broker has and nobody has asked for yet. */
    private final Map<String, Socket> surplus = new HashMap<>();

    Reconciliation(Broker broker, Configuration declared) {
        this.broker = broker;
        this.declared = declared;
    }

    Report run() {
        declared.tasks().forEach(task -> attempt("task " + task.name(), () -> register(task)));
        surplus.putAll(broker.listeners());
        Map<String, Socket> present = Map.copyOf(surplus);
        declared.listeners().forEach(listener -> surplus.remove(listener.id()));
        for (ListenerDeclaration listener : declared.listeners()) {
            attempt(
                    "listener " + listener.id() + " at " + listener.address(),
                    () -> bring(listener, Optional.ofNullable(present.get(listener.id()))));
        }
        surplus.values().forEach(socket -> attempt("listener " + id(socket), () -> close(socket)));
        Set<String> tasks = declared.tasks().stream().map(TaskDeclaration::name).collect(Collectors.toSet());
        for (Task task : broker.tasks()) {
            if (!tasks.contains(task.getKey().getName())) {
                attempt("task " + task.getKey().getName(), () -> unregister(task));
            }
        }
        return report;
    }

    /** One thing that may fail. */
    private interface Step {
        void run() throws IOException;
    }

    private void attempt(String what, Step step) {
        try {
            step.run();
        } catch (BrokerRefusal | LinuxException | IOException e) {
            report.failed(what + ": " + e.getMessage());
        }
    }

    private void register(TaskDeclaration task) {
        if (broker.register(task.name(), task.spec())) {
            report.done("task " + task.name() + " registered");
        }
    }

    private void unregister(Task task) {
        int orphans = broker.unregister(task.getKey().getName());
        report.done("task " + task.getKey().getName() + " unregistered"
                + (orphans == 0 ? "" : "; " + orphans + " sockets wait for a task of that name"));
    }

    private void bring(ListenerDeclaration listener, Optional<Socket> former) throws IOException {
        Endpoint at = listener.address().resolve();
        if (former.isPresent() && listener.isAt(former.get(), at)) {
            keep(listener, former.get());
            return;
        }
        Optional<Socket> renamed = surplus.values().stream()
                .filter(socket -> listener.isAt(socket, at))
                .findFirst();
        if (renamed.isPresent()) {
            surplus.remove(id(renamed.get()));
            handAnew(listener, renamed.get());
            // It has closed a socket of this id elsewhere.
            former.ifPresent(
                    socket -> ListenerSocket.removePath(socket.getLocal().getText()));
        } else if (!declared.broker().madeByApply()) {
            broker.take(listener, ListenerSocket.open(listener, at));
            former.ifPresent(
                    socket -> ListenerSocket.removePath(socket.getLocal().getText()));
            report.done("listener " + listener.id() + " made at " + listener.address());
        }
    }

    /** The socket is there: only what is said of it may be new. */
    private void keep(ListenerDeclaration listener, Socket present) throws IOException {
        if (!present.getTask().equals(listener.task())
                || present.getOptions().getAcceptMode() != listener.options().getAcceptMode()) {
            handAnew(listener, present);
            return;
        }
        Socket known = broker.socket(listener.id());
        if (!known.getContext().equals(listener.context())
                || !known.getKeepAlive().equals(listener.keepAlive())
                || !known.getOptions().equals(listener.options())) {
            broker.update(listener);
            report.done("listener " + listener.id() + " changed");
        }
        try (OwnedFd socket = broker.duplicate(listener.id()).orElse(null)) {
            if (socket != null) {
                ListenerSocket.tune(socket.fd(), listener);
            }
        }
    }

    /** The same kernel socket under another id, for another task, or accepted by somebody else; its backlog waits meanwhile. */
    private void handAnew(ListenerDeclaration listener, Socket present) throws IOException {
        Optional<OwnedFd> duplicate = broker.duplicate(id(present));
        if (duplicate.isPresent()) {
            broker.letGo(id(present));
            ListenerSocket.tune(duplicate.get().fd(), listener);
            broker.take(listener, duplicate.get());
            report.done("listener " + listener.id() + " handed over anew, at " + listener.address());
        }
    }

    private void close(Socket socket) {
        broker.close(id(socket));
        ListenerSocket.removePath(socket.getLocal().getText());
        report.done("listener " + id(socket) + " closed");
    }

    private static String id(Socket socket) {
        return socket.getKey().getSocketId();
    }
}
