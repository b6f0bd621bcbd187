package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketState;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold after every event: each socket has one descriptor, one owner, and at most one user. */
final class Invariants {
    private final SimulatedShell shell;
    private final int socketLimit;
    private final int handlerLimit;

    Invariants(SimulatedShell shell, int socketLimit, int handlerLimit) {
        this.shell = shell;
        this.socketLimit = socketLimit;
        this.handlerLimit = handlerLimit;
    }

    void check(List<Socket> sockets, Collection<Candidate> withApplication) {
        assertThat(sockets).hasSizeLessThanOrEqualTo(socketLimit);
        assertThat(sockets)
                .as("a descriptor for each record, and none more")
                .hasSameSizeAs(shell.boundCookies.keySet());
        Set<Long> brokered = new HashSet<>();
        for (Socket socket : sockets) {
            assertThat(brokered.add(socket.getCookie())).isTrue();
            assertThat(shell.boundCookies).containsValue(socket.getCookie());
            checkUsers(socket);
        }
        for (Candidate own : withApplication) {
            assertThat(brokered).as("with the application and the broker").doesNotContain(own.cookie());
        }
        shell.armedGenerations
                .keySet()
                .forEach(slot -> assertThat(shell.brokerage.activity().watchedGeneration(slot))
                        .as("armed but not parked")
                        .isPresent());
        long counted = shell.running().stream()
                .filter(handler -> !shell.strays.contains(handler.activationId))
                .count();
        assertThat(shell.starting.size() + counted).as("handlers").isLessThanOrEqualTo(handlerLimit);
    }

    /** Whoever may use a brokered socket: nobody while it is parked, the one handler while it is leased. */
    private void checkUsers(Socket socket) {
        long users = shell.handlers.values().stream()
                .filter(handler -> handler.uses(socket.getCookie(), socket.getGeneration()))
                .count();
        if (socket.getState() == SocketState.SOCKET_STATE_LEASED) {
            assertThat(users).isLessThanOrEqualTo(1);
        } else {
            assertThat(users).as("used while %s", socket.getState()).isZero();
        }
    }
}
