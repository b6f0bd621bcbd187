package io.socketbroker.daemon.core;

import com.google.protobuf.Timestamp;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.store.v1.StoredLease;
import io.socketbroker.store.v1.StoredQuiet;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A socket as the journal has it, and back. Stateless. */
final class Records {
    private Records() {}

    static JournalEntry.SocketPut of(SocketEntry socket) {
        return new JournalEntry.SocketPut(socket.name, changing(socket), socket.fixed());
    }

    private static StoredSocket changing(SocketEntry socket) {
        StoredSocket.Builder stored = StoredSocket.newBuilder()
                .setUid(socket.name.uid())
                .setApp(socket.name.app())
                .setSocketId(socket.name.id())
                .setTask(socket.task.name())
                .setSlot(socket.slot)
                .setListenerId(socket.listenerId)
                .setParkedAt(Views.timestamp(socket.parkedAt()))
                .setState(socket.state)
                .setGeneration(socket.generation)
                .setContext(socket.context)
                .setActivations(socket.activations)
                .setFailedAttempts(socket.failedAttempts)
                .setEndDelivered(socket.endDelivered);
        if (!socket.keepAlive.equals(KeepAlive.getDefaultInstance())) {
            stored.setKeepAlive(socket.keepAlive);
        }
        if (!socket.options.equals(SocketOptions.getDefaultInstance())) {
            stored.setOptions(socket.options);
        }
        if (socket.lease != null) {
            stored.setTrigger(socket.lease.trigger).setLease(lease(socket.lease));
        } else if (socket.is(SocketState.SOCKET_STATE_DEPOSITED) && socket.giverPid != 0) {
            // Until the reply it is the giver's, and a next broker has to see whether that one still has it.
            stored.setLease(StoredLease.newBuilder().setHolderPid(socket.giverPid));
        } else if (socket.trigger != null) {
            stored.setTrigger(socket.trigger);
        }
        deadline(socket.timer).ifPresent(nanos -> {
            if (socket.is(SocketState.SOCKET_STATE_PARKED)) {
                stored.setKeepAliveDeadlineNanos(nanos);
            } else {
                stored.setRetryDeadlineNanos(nanos);
            }
        });
        Quiet quiet = socket.quiet;
        if (quiet != null) {
            deadline(quiet.expiry).ifPresent(stored::setExpiryDeadlineNanos);
            stored.setQuiet(StoredQuiet.newBuilder()
                    .setAwaitsFirstBytes(quiet.awaitsFirstBytes)
                    .setAdaptedIntervalNanos(quiet.adaptedNanos)
                    .setProbesSent(quiet.probesSent)
                    .setRepliesConsumed(quiet.repliesConsumed)
                    .setAnswersSent(quiet.answersSent)
                    .setDatagramsDiscarded(quiet.datagramsDiscarded));
        }
        return stored.build();
    }

    private static OptionalLong deadline(Timers.@Nullable Timer timer) {
        return timer == null ? OptionalLong.empty() : OptionalLong.of(timer.deadlineNanos());
    }

    private static StoredLease lease(Lease lease) {
        Activation activation = lease.activation;
        StoredLease.Builder stored = StoredLease.newBuilder()
                .setActivationId(activation.id)
                .setToken(activation.token.bytes())
                .setGeneration(lease.generation)
                .setHolderPid(activation.pid)
                .setHandedOver(lease.handedOver)
                .setReleased(lease.released)
                .setSince(Views.timestamp(activation.since));
        if (activation.session != null) {
            stored.setSessionId(activation.session.name.id()).setSessionUid(activation.session.name.uid());
        }
        deadline(activation.timer).ifPresent(stored::setTimeoutDeadlineNanos);
        return stored.build();
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
