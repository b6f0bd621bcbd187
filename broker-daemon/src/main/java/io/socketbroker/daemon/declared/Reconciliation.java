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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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

    /** Listeners that the broker has at another place than they are declared at now, by their ids; and undeclared ones. */
    private final Map<String, Socket> loose = new LinkedHashMap<>();

    private final Map<ListenerDeclaration, Endpoint> places = new LinkedHashMap<>();

    Reconciliation(Broker broker, Configuration declared) {
        this.broker = broker;
        this.declared = declared;
    }

    Report run() {
        declared.tasks().forEach(task -> attempt("task " + task.name(), () -> register(task)));
        loose.putAll(broker.listeners());
        Map<ListenerDeclaration, Socket> kept = new LinkedHashMap<>();
        for (ListenerDeclaration listener : declared.listeners()) {
            attempt(
                    name(listener),
                    () -> places.put(listener, listener.address().resolve()));
            Endpoint at = places.get(listener);
            Socket present = loose.get(listener.id());
            if (at != null && present != null && listener.isAt(present, at)) {
                kept.put(listener, present);
                loose.remove(listener.id());
            }
        }
        kept.forEach((listener, socket) -> attempt(name(listener), () -> keep(listener, socket)));
        places.keySet().stream()
                .filter(listener -> !kept.containsKey(listener))
                .forEach(listener -> attempt(name(listener), () -> bring(listener)));
        Set<String> ids =
                declared.listeners().stream().map(ListenerDeclaration::id).collect(Collectors.toSet());
        loose.values().stream()
                // One that is declared elsewhere, where it could not be made, goes on where it is.
                .filter(socket -> !ids.contains(id(socket)))
                .forEach(socket -> attempt("listener " + id(socket), () -> close(socket)));
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

    private static String name(ListenerDeclaration listener) {
        return "listener " + listener.id() + " at " + listener.address();
    }

    /** There is none of this id at this address; one of another id may be, whose declaration has changed. */
    private void bring(ListenerDeclaration listener) throws IOException {
        Endpoint at = Objects.requireNonNull(places.get(listener));
        Optional<Socket> present = loose.values().stream()
                .filter(socket -> listener.isAt(socket, at))
                .findFirst();
        if (present.isPresent()) {
            loose.remove(id(present.get()));
            handAnew(listener, present.get());
        } else if (declared.broker().madeByApply()) {
            return;
        } else {
            broker.take(listener, ListenerSocket.open(listener, at));
            report.done("listener " + listener.id() + " made at " + listener.address());
        }
        // The former one of this id is closed by now.
        Socket former = loose.remove(listener.id());
        if (former != null) {
            ListenerSocket.removePath(former.getLocal().getText());
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
