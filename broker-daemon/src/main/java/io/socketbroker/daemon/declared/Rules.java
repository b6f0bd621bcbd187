package io.socketbroker.daemon.declared;

import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.ListenerDeclaration;
import io.socketbroker.configuration.Problem;
import io.socketbroker.daemon.core.Declared;
import io.socketbroker.v1.SocketKind;
import java.util.ArrayList;
import java.util.List;

/** What the broker's own rules say of a configuration, before anything of it is done. Stateless. */
public final class Rules {
    private Rules() {}

    /** All that registrations and transfers would be refused for. */
    public static List<Problem> problems(Configuration configuration) {
        List<Problem> problems = new ArrayList<>();
        configuration
                .tasks()
                .forEach(task -> Declared.problemOf(task.spec())
                        .ifPresent(
                                why -> problems.add(new Problem(task.origin(), "task " + task.name() + ": " + why))));
        configuration
                .listeners()
                .forEach(listener -> Declared.problemOf(
                                listener.item(),
                                listener.address().kind().listens()
                                        ? SocketKind.SOCKET_KIND_LISTENER
                                        : SocketKind.SOCKET_KIND_DATAGRAM,
                                protocol(listener))
                        .ifPresent(why -> problems.add(
                                new Problem(listener.origin(), "listener " + listener.id() + ": " + why))));
        return problems;
    }

    private static String protocol(ListenerDeclaration listener) {
        return switch (listener.address().kind()) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case UNIX, UNIX_DATAGRAM, UNIX_SEQPACKET -> "unix";
        };
    }
}
