package io.socketbroker.daemon.core;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Holder;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Entries as callers see them, written straight into bytes: each wake and each transfer tells of its sockets. The fields of
 * each message from the last to the first. Stateless.
 */
final class WrittenViews {
    private WrittenViews() {}

    /** A Delivery. Of a reclaim all else came with the reply: 253 of that would not fit in a frame. */
    static EncodedFrame delivery(Claims.Outgoing outgoing, BackwardWriter message) {
        return delivery(outgoing, WrittenViews::brief, message);
    }

    /** The same of a reclaim whose reply is this frame, with everything about its sockets. */
    static EncodedFrame wholeDelivery(Claims.Outgoing outgoing, BackwardWriter message) {
        return delivery(outgoing, (socket, whole) -> socket(socket, true, whole), message);
    }

    private static EncodedFrame delivery(
            Claims.Outgoing outgoing, BiConsumer<SocketEntry, BackwardWriter> reclaimed, BackwardWriter message) {
        message.clear();
        outgoing.activation().ifPresent(activation -> message.token(Delivery.TOKEN_FIELD_NUMBER, activation.token));
        message.varint(Delivery.DELIVERY_ID_FIELD_NUMBER, outgoing.deliveryId());
        int end = message.size();
        outgoing.activation()
                .ifPresentOrElse(
                        activation -> activation(activation, message),
                        () -> reclaimed(outgoing.sockets(), reclaimed, message));
        message.enclose(Delivery.ACTIVATION_FIELD_NUMBER, end);
        message.enclose(FdFrame.DELIVERY_FIELD_NUMBER, 0);
        return new EncodedFrame(FdFrame.BodyCase.DELIVERY, message.take());
    }

    private static void reclaimed(
            List<SocketEntry> sockets, BiConsumer<SocketEntry, BackwardWriter> fields, BackwardWriter message) {
        for (SocketEntry socket : sockets.reversed()) {
            int end = message.size();
            message.bool(ActivatedSocket.RELEASED_FIELD_NUMBER, true);
            int endOfSocket = message.size();
            fields.accept(socket, message);
            message.enclose(ActivatedSocket.SOCKET_FIELD_NUMBER, endOfSocket);
            message.enclose(io.socketbroker.v1.Activation.SOCKETS_FIELD_NUMBER, end);
        }
    }

    /** What tells a {@link Socket} from others. */
    private static void brief(SocketEntry socket, BackwardWriter message) {
        message.varint(Socket.GENERATION_FIELD_NUMBER, socket.generation);
        message.fixed64(Socket.COOKIE_FIELD_NUMBER, socket.cookie);
        message.varint(Socket.STATE_FIELD_NUMBER, socket.state.getNumber());
        message.varint(Socket.KIND_FIELD_NUMBER, socket.kind.getNumber());
        key(socket.name, message);
    }

    /** The fields of an {@link io.socketbroker.v1.Activation}. */
    static void activation(Activation activation, BackwardWriter message) {
        for (Lease lease : activation.leases.reversed()) {
            int end = message.size();
            message.bool(ActivatedSocket.RELEASED_FIELD_NUMBER, lease.released);
            message.message(ActivatedSocket.TRIGGER_FIELD_NUMBER, lease.trigger);
            int endOfSocket = message.size();
            socket(lease.socket, true, lease.generation, message);
            message.enclose(ActivatedSocket.SOCKET_FIELD_NUMBER, endOfSocket);
            message.enclose(io.socketbroker.v1.Activation.SOCKETS_FIELD_NUMBER, end);
        }
        TaskName task = activation.task.name;
        int end = message.size();
        message.presentVarint(TaskKey.UID_FIELD_NUMBER, Integer.toUnsignedLong(task.uid()));
        message.string(TaskKey.NAME_FIELD_NUMBER, task.name());
        message.string(TaskKey.APP_FIELD_NUMBER, task.app());
        message.enclose(io.socketbroker.v1.Activation.TASK_FIELD_NUMBER, end);
        message.varint(io.socketbroker.v1.Activation.ACTIVATION_ID_FIELD_NUMBER, activation.id);
    }

    /** A TransferOwnershipResponse. */
    static EncodedFrame transferred(List<SocketEntry> sockets, BackwardWriter message) {
        message.clear();
        for (SocketEntry socket : sockets.reversed()) {
            int end = message.size();
            socket(socket, false, message);
            message.enclose(TransferOwnershipResponse.SOCKETS_FIELD_NUMBER, end);
        }
        message.enclose(FdFrame.TRANSFERRED_FIELD_NUMBER, 0);
        return new EncodedFrame(FdFrame.BodyCase.TRANSFERRED, message.take());
    }

    /** The fields of a {@link Socket}. */
    static void socket(SocketEntry entry, boolean withContext, BackwardWriter message) {
        socket(entry, withContext, entry.lease == null ? entry.generation : entry.lease.generation, message);
    }

    private static void socket(SocketEntry entry, boolean withContext, long generation, BackwardWriter message) {
        quiet(entry, message);
        message.string(Socket.LISTENER_ID_FIELD_NUMBER, entry.listenerId);
        message.string(Socket.PROTOCOL_FIELD_NUMBER, entry.protocol);
        message.varint(Socket.FAILED_ATTEMPTS_FIELD_NUMBER, entry.failedAttempts);
        message.varint(Socket.ACTIVATIONS_FIELD_NUMBER, entry.activations);
        holder(entry, message);
        message.timestamp(Socket.PARKED_AT_FIELD_NUMBER, entry.parkedAt());
        message.timestamp(Socket.TRANSFERRED_AT_FIELD_NUMBER, entry.transferredAt());
        message.messageUnlessDefault(Socket.OPTIONS_FIELD_NUMBER, entry.options);
        message.messageUnlessDefault(Socket.KEEP_ALIVE_FIELD_NUMBER, entry.keepAlive);
        if (withContext) {
            message.bytes(Socket.CONTEXT_FIELD_NUMBER, entry.context);
        }
        message.varint(Socket.CONTEXT_BYTES_FIELD_NUMBER, entry.context.size());
        PackedEndpoints.show(message, Socket.LOCAL_FIELD_NUMBER, Socket.PEER_FIELD_NUMBER, entry.endpoints);
        message.varint(Socket.GENERATION_FIELD_NUMBER, generation);
        message.fixed64(Socket.COOKIE_FIELD_NUMBER, entry.cookie);
        message.string(Socket.TASK_FIELD_NUMBER, entry.task.name());
        message.varint(Socket.STATE_FIELD_NUMBER, entry.state.getNumber());
        message.varint(Socket.KIND_FIELD_NUMBER, entry.kind.getNumber());
        key(entry.name, message);
    }

    private static void key(SocketName name, BackwardWriter message) {
        int end = message.size();
        message.presentVarint(SocketKey.UID_FIELD_NUMBER, Integer.toUnsignedLong(name.uid()));
        message.string(SocketKey.SOCKET_ID_FIELD_NUMBER, name.id());
        message.string(SocketKey.APP_FIELD_NUMBER, name.app());
        message.enclose(Socket.KEY_FIELD_NUMBER, end);
    }

    /** What the broker did by itself. */
    private static void quiet(SocketEntry entry, BackwardWriter message) {
        Quiet quiet = entry.quiet;
        if (quiet != null) {
            message.varint(Socket.DATAGRAMS_DISCARDED_FIELD_NUMBER, quiet.datagramsDiscarded);
            message.varint(Socket.ANSWERS_SENT_FIELD_NUMBER, quiet.answersSent);
            message.varint(Socket.REPLIES_CONSUMED_FIELD_NUMBER, quiet.repliesConsumed);
            message.varint(Socket.PROBES_SENT_FIELD_NUMBER, quiet.probesSent);
        }
        if (Durations.isPositive(entry.keepAlive.getInterval())) {
            Duration effective = quiet != null && quiet.adaptedNanos > 0
                    ? Durations.fromNanos(quiet.adaptedNanos)
                    : entry.keepAlive.getInterval();
            message.message(Socket.EFFECTIVE_INTERVAL_FIELD_NUMBER, effective);
        }
    }

    private static void holder(SocketEntry entry, BackwardWriter message) {
        int end = message.size();
        if (entry.lease != null) {
            Activation activation = entry.lease.activation;
            message.timestamp(Holder.SINCE_FIELD_NUMBER, activation.since);
            message.varint(Holder.ACTIVATION_ID_FIELD_NUMBER, activation.id);
            message.varint(Holder.UID_FIELD_NUMBER, Integer.toUnsignedLong(entry.name.uid()));
            message.varint(Holder.PID_FIELD_NUMBER, Integer.toUnsignedLong(activation.pid));
        } else if (entry.claim != null) {
            message.varint(Holder.UID_FIELD_NUMBER, Integer.toUnsignedLong(entry.claim.uid));
            message.varint(Holder.PID_FIELD_NUMBER, Integer.toUnsignedLong(entry.claim.pid));
        } else {
            return;
        }
        message.enclose(Socket.HOLDER_FIELD_NUMBER, end);
    }
}
