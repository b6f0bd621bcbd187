package io.socketbroker.daemon.core;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Holder;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Entries as callers see them. */
public final class Views {
    private Views() {}

    static Socket socket(SocketEntry entry, boolean withContext) {
        return socket(entry, withContext, entry.lease == null ? entry.generation : entry.lease.generation);
    }

    private static Socket socket(SocketEntry entry, boolean withContext, long generation) {
        StoredSocket details = entry.details();
        Socket.Builder socket = Socket.newBuilder()
                .setKey(key(entry.name))
                .setKind(entry.kind)
                .setState(entry.state)
                .setTask(entry.task.name())
                .setCookie(entry.cookie)
                .setGeneration(generation)
                .setContextBytes(entry.context.size())
                .setTransferredAt(details.getTransferredAt())
                .setParkedAt(timestamp(entry.parkedAt()))
                .setActivations(entry.activations)
                .setFailedAttempts(entry.failedAttempts)
                .setProtocol(details.getProtocol())
                .setListenerId(entry.listenerId);
        quiet(entry, socket);
        if (details.hasLocal()) {
            endpoint(details.getLocal()).ifPresent(socket::setLocal);
        }
        if (details.hasPeer()) {
            endpoint(details.getPeer()).ifPresent(socket::setPeer);
        }
        if (withContext) {
            socket.setContext(entry.context);
        }
        if (!entry.keepAlive.equals(KeepAlive.getDefaultInstance())) {
            socket.setKeepAlive(entry.keepAlive);
        }
        if (!entry.options.equals(SocketOptions.getDefaultInstance())) {
            socket.setOptions(entry.options);
        }
        if (entry.lease != null) {
            socket.setHolder(Holder.newBuilder()
                    .setPid(entry.lease.activation.pid)
                    .setUid(entry.name.uid())
                    .setActivationId(entry.lease.activation.id)
                    .setSince(timestamp(entry.lease.activation.since)));
        } else if (entry.claim != null) {
            socket.setHolder(Holder.newBuilder().setPid(entry.claim.pid).setUid(entry.claim.uid));
        }
        return socket.build();
    }

    /** What the broker did by itself. */
    private static void quiet(SocketEntry entry, Socket.Builder socket) {
        Quiet quiet = entry.quiet;
        if (Durations.isPositive(entry.keepAlive.getInterval())) {
            socket.setEffectiveInterval(
                    quiet != null && quiet.adaptedNanos > 0
                            ? Durations.fromNanos(quiet.adaptedNanos)
                            : entry.keepAlive.getInterval());
        }
        if (quiet != null) {
            socket.setProbesSent(quiet.probesSent)
                    .setRepliesConsumed(quiet.repliesConsumed)
                    .setAnswersSent(quiet.answersSent)
                    .setDatagramsDiscarded(quiet.datagramsDiscarded);
        }
    }

    static Task task(TaskEntry entry, int sockets) {
        return Task.newBuilder()
                .setKey(key(entry.name))
                .setSpec(entry.spec)
                .setRegisteredAt(timestamp(entry.registeredAt))
                .setSockets(sockets)
                .setRunning(entry.running)
                .setQueued(entry.queue.size())
                .setLaunches(entry.launches)
                .setFailures(entry.failures)
                .build();
    }

    static io.socketbroker.v1.Activation activation(Activation activation) {
        io.socketbroker.v1.Activation.Builder view = io.socketbroker.v1.Activation.newBuilder()
                .setActivationId(activation.id)
                .setTask(key(activation.task.name));
        activation.leases.forEach(lease -> view.addSockets(ActivatedSocket.newBuilder()
                .setSocket(socket(lease.socket, true, lease.generation))
                .setTrigger(lease.trigger)
                .setReleased(lease.released)));
        return view.build();
    }

    static io.socketbroker.v1.Activation delivery(Claims.Outgoing outgoing) {
        return outgoing.activation().map(Views::activation).orElseGet(() -> {
            io.socketbroker.v1.Activation.Builder reclaimed = io.socketbroker.v1.Activation.newBuilder();
            outgoing.sockets()
                    .forEach(socket -> reclaimed.addSockets(ActivatedSocket.newBuilder()
                            // All else came with the reply to the reclaim: 253 of that would not fit in a frame.
                            .setSocket(Socket.newBuilder()
                                    .setKey(key(socket.name))
                                    .setKind(socket.kind)
                                    .setState(socket.state)
                                    .setCookie(socket.cookie)
                                    .setGeneration(socket.generation))
                            .setReleased(true)));
            return reclaimed.build();
        });
    }

    /** With everything, for one who has no other message about them. */
    static io.socketbroker.v1.Activation reclaimed(List<SocketEntry> sockets) {
        io.socketbroker.v1.Activation.Builder reclaimed = io.socketbroker.v1.Activation.newBuilder();
        sockets.forEach(socket -> reclaimed.addSockets(
                ActivatedSocket.newBuilder().setSocket(socket(socket, true)).setReleased(true)));
        return reclaimed.build();
    }

    /** A name as the protocol has it. */
    public static SocketKey key(SocketName name) {
        return SocketKey.newBuilder()
                .setApp(name.app())
                .setSocketId(name.id())
                .setUid(name.uid())
                .build();
    }

    /** A name as the protocol has it. */
    public static TaskKey key(TaskName name) {
        return TaskKey.newBuilder()
                .setApp(name.app())
                .setName(name.name())
                .setUid(name.uid())
                .build();
    }

    /** A time as the protocol has it. */
    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static Optional<io.socketbroker.v1.Endpoint> endpoint(StoredEndpoint stored) {
        String literal = stored.getInet().getLiteral();
        if (literal.isEmpty() || literal.indexOf(':') >= 0) {
            return StoredCandidate.endpoint(stored).map(Views::endpoint);
        }
        // Most are IPv4, and shown as they are stored.
        int port = stored.getInet().getPort();
        return Optional.of(io.socketbroker.v1.Endpoint.newBuilder()
                .setText(literal + ":" + port)
                .setAddress(literal)
                .setPort(port)
                .build());
    }

    private static io.socketbroker.v1.Endpoint endpoint(Endpoint endpoint) {
        io.socketbroker.v1.Endpoint.Builder view =
                io.socketbroker.v1.Endpoint.newBuilder().setText(endpoint.toString());
        if (endpoint instanceof Endpoint.Inet inet) {
            view.setAddress(inet.address().getHostAddress()).setPort(inet.port());
        }
        return view.build();
    }
}
