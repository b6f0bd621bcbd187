package io.socketbroker.daemon.core;

import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.store.v1.StoredLease;
import io.socketbroker.store.v1.StoredQuiet;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A socket as the journal has it, and back. Stateless. */
final class Records {
    private Records() {}

    /**
     * As it is now. Written straight into the bytes of a {@link StoredSocket}: a socket changes several times in each wake.
     *
     * @param record used for it; what is in it is lost
     */
    static JournalEntry.SocketPut of(SocketEntry socket, BackwardWriter record) {
        record.clear();
        // It may be large, and is the same in each record until it changes: shared, and not copied.
        record.startOfBytes(StoredSocket.CONTEXT_FIELD_NUMBER, socket.context);
        Quiet quiet = socket.quiet;
        if (quiet != null) {
            quiet(quiet, record);
        }
        record.bool(StoredSocket.END_DELIVERED_FIELD_NUMBER, socket.endDelivered);
        lease(socket, record);
        deadlines(socket, record);
        record.varint(StoredSocket.ACTIVATIONS_FIELD_NUMBER, socket.activations);
        record.varint(StoredSocket.FAILED_ATTEMPTS_FIELD_NUMBER, socket.failedAttempts);
        TriggerDetails trigger = socket.lease == null ? socket.trigger : socket.lease.trigger;
        if (trigger != null && !isGivers(socket)) {
            record.message(StoredSocket.TRIGGER_FIELD_NUMBER, trigger);
        }
        record.varint(StoredSocket.STATE_FIELD_NUMBER, socket.state.getNumber());
        record.varint(StoredSocket.SLOT_FIELD_NUMBER, socket.slot);
        record.timestamp(StoredSocket.PARKED_AT_FIELD_NUMBER, socket.parkedAt());
        record.timestamp(StoredSocket.TRANSFERRED_AT_FIELD_NUMBER, socket.transferredAt());
        record.string(StoredSocket.LISTENER_ID_FIELD_NUMBER, socket.listenerId);
        record.messageUnlessDefault(StoredSocket.OPTIONS_FIELD_NUMBER, socket.options);
        record.messageUnlessDefault(StoredSocket.KEEP_ALIVE_FIELD_NUMBER, socket.keepAlive);
        record.bool(StoredSocket.NON_BLOCKING_FIELD_NUMBER, socket.nonBlocking);
        PackedEndpoints.store(
                record, StoredSocket.LOCAL_FIELD_NUMBER, StoredSocket.PEER_FIELD_NUMBER, socket.endpoints);
        record.string(StoredSocket.PROTOCOL_FIELD_NUMBER, socket.protocol);
        record.varint(StoredSocket.KIND_FIELD_NUMBER, socket.kind.getNumber());
        record.varint(StoredSocket.GENERATION_FIELD_NUMBER, socket.generation);
        record.fixed64(StoredSocket.COOKIE_FIELD_NUMBER, socket.cookie);
        record.string(StoredSocket.TASK_FIELD_NUMBER, socket.task.name());
        record.string(StoredSocket.SOCKET_ID_FIELD_NUMBER, socket.name.id());
        record.string(StoredSocket.APP_FIELD_NUMBER, socket.name.app());
        record.varint(StoredSocket.UID_FIELD_NUMBER, Integer.toUnsignedLong(socket.name.uid()));
        return new JournalEntry.SocketPut(
                socket.name,
                socket.generation,
                socket.lease == null ? 0 : socket.lease.activation.id,
                socket.is(SocketState.SOCKET_STATE_DEPOSITED) && socket.listenerId.isEmpty(),
                UnsafeByteOperations.unsafeWrap(record.take()).concat(socket.context));
    }

    private static void quiet(Quiet quiet, BackwardWriter record) {
        int end = record.size();
        record.varint(StoredQuiet.DATAGRAMS_DISCARDED_FIELD_NUMBER, quiet.datagramsDiscarded);
        record.varint(StoredQuiet.ANSWERS_SENT_FIELD_NUMBER, quiet.answersSent);
        record.varint(StoredQuiet.REPLIES_CONSUMED_FIELD_NUMBER, quiet.repliesConsumed);
        record.varint(StoredQuiet.PROBES_SENT_FIELD_NUMBER, quiet.probesSent);
        record.varint(StoredQuiet.ADAPTED_INTERVAL_NANOS_FIELD_NUMBER, quiet.adaptedNanos);
        record.bool(StoredQuiet.AWAITS_FIRST_BYTES_FIELD_NUMBER, quiet.awaitsFirstBytes);
        record.enclose(StoredSocket.QUIET_FIELD_NUMBER, end);
        deadline(StoredSocket.EXPIRY_DEADLINE_NANOS_FIELD_NUMBER, quiet.expiry, record);
    }

    private static void deadlines(SocketEntry socket, BackwardWriter record) {
        deadline(
                socket.is(SocketState.SOCKET_STATE_PARKED)
                        ? StoredSocket.KEEP_ALIVE_DEADLINE_NANOS_FIELD_NUMBER
                        : StoredSocket.RETRY_DEADLINE_NANOS_FIELD_NUMBER,
                socket.timer,
                record);
    }

    private static void deadline(int field, Timers.@Nullable Timer timer, BackwardWriter record) {
        if (timer != null) {
            record.presentVarint(field, timer.deadlineNanos());
        }
    }

    /** Until the reply it is the giver's, and a next broker has to see whether that one still has it. */
    private static boolean isGivers(SocketEntry socket) {
        return socket.lease == null && socket.is(SocketState.SOCKET_STATE_DEPOSITED) && socket.giverPid != 0;
    }

    private static void lease(SocketEntry socket, BackwardWriter record) {
        int end = record.size();
        if (isGivers(socket)) {
            record.varint(StoredLease.HOLDER_PID_FIELD_NUMBER, Integer.toUnsignedLong(socket.giverPid));
        } else if (socket.lease != null) {
            lease(socket.lease, record);
        } else {
            return;
        }
        record.enclose(StoredSocket.LEASE_FIELD_NUMBER, end);
    }

    private static void lease(Lease lease, BackwardWriter record) {
        Activation activation = lease.activation;
        deadline(StoredLease.TIMEOUT_DEADLINE_NANOS_FIELD_NUMBER, activation.timer, record);
        record.timestamp(StoredLease.SINCE_FIELD_NUMBER, activation.since);
        record.bool(StoredLease.RELEASED_FIELD_NUMBER, lease.released);
        record.bool(StoredLease.HANDED_OVER_FIELD_NUMBER, lease.handedOver);
        if (activation.session != null) {
            SessionName session = activation.session.name;
            record.varint(StoredLease.SESSION_UID_FIELD_NUMBER, Integer.toUnsignedLong(session.uid()));
            record.bytes(StoredLease.SESSION_ID_FIELD_NUMBER, session.id());
        }
        record.varint(StoredLease.HOLDER_PID_FIELD_NUMBER, Integer.toUnsignedLong(activation.pid));
        record.varint(StoredLease.GENERATION_FIELD_NUMBER, lease.generation);
        record.token(StoredLease.TOKEN_FIELD_NUMBER, activation.token);
        record.varint(StoredLease.ACTIVATION_ID_FIELD_NUMBER, activation.id);
    }

    static SocketName name(StoredSocket stored) {
        return new SocketName(stored.getUid(), stored.getApp(), stored.getSocketId());
    }

    static TaskName task(StoredSocket stored) {
        return new TaskName(stored.getUid(), stored.getApp(), stored.getTask());
    }

    /** As it was, but for its state, its lease and its timers. */
    static SocketEntry entry(StoredSocket stored, Slot slot) {
        SocketEntry socket = new SocketEntry(
                slot,
                name(stored),
                task(stored),
                StoredCandidate.read(stored),
                instant(stored.getTransferredAt()),
                stored.getListenerId(),
                stored.getOptions(),
                stored.getContext(),
                stored.getKeepAlive());
        socket.generation = stored.getGeneration();
        socket.parkedAt(instant(stored.getParkedAt()));
        socket.activations = stored.getActivations();
        socket.failedAttempts = stored.getFailedAttempts();
        if (stored.hasTrigger()) {
            socket.trigger = stored.getTrigger();
        }
        if (stored.hasQuiet()) {
            StoredQuiet quiet = stored.getQuiet();
            socket.quiet().adaptedNanos = quiet.getAdaptedIntervalNanos();
            socket.quiet().probesSent = quiet.getProbesSent();
            socket.quiet().repliesConsumed = quiet.getRepliesConsumed();
            socket.quiet().answersSent = quiet.getAnswersSent();
            socket.quiet().datagramsDiscarded = quiet.getDatagramsDiscarded();
        }
        return socket;
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }
}
