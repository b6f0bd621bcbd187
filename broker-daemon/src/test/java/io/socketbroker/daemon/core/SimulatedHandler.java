package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A launched program, or one delivery to a session, and which sockets it may use. */
final class SimulatedHandler {
    final long activationId;
    final ByteString token;
    final List<Held> sockets = new ArrayList<>();

    /** The session's connection; empty for a launched program. */
    final Optional<Long> connection;

    /** One socket of the activation. */
    static final class Held {
        final SocketName name;
        final long cookie;
        final long generation;
        boolean usable;

        Held(SocketName name, long cookie, long generation) {
            this.name = name;
            this.cookie = cookie;
            this.generation = generation;
        }
    }

    private SimulatedHandler(long activationId, ByteString token, Optional<Long> connection) {
        this.activationId = activationId;
        this.token = token;
        this.connection = connection;
    }

    /** The same in another session. */
    SimulatedHandler with(long otherConnection) {
        SimulatedHandler other = new SimulatedHandler(activationId, token, Optional.of(otherConnection));
        other.sockets.addAll(sockets);
        return other;
    }

    static SimulatedHandler of(LaunchPlan plan) {
        SimulatedHandler handler =
                new SimulatedHandler(plan.activationId(), plan.token().bytes(), Optional.empty());
        plan.sockets()
                .forEach(socket -> handler.sockets.add(
                        new Held(socket.name(), socket.candidate().cookie(), socket.generation())));
        return handler;
    }

    static SimulatedHandler of(long connection, Brokerage.Outgoing outgoing) {
        Delivery delivery = outgoing.delivery();
        SimulatedHandler handler = new SimulatedHandler(
                delivery.getActivation().getActivationId(), delivery.getToken(), Optional.of(connection));
        delivery.getActivation().getSocketsList().forEach(activated -> {
            var socket = activated.getSocket();
            handler.sockets.add(new Held(
                    new SocketName(
                            socket.getKey().getUid(),
                            socket.getKey().getApp(),
                            socket.getKey().getSocketId()),
                    socket.getCookie(),
                    socket.getGeneration()));
        });
        return handler;
    }

    boolean uses(long cookie, long generation) {
        return sockets.stream().anyMatch(held -> held.usable && held.cookie == cookie && held.generation == generation);
    }
}
