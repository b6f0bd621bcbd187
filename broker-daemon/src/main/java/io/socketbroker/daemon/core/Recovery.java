package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredLease;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a new broker makes of what the former one left: its records, and the descriptors that custody kept. Before anything
 * else happens, and only once.
 */
public final class Recovery {
    /** The app and task of sockets without a record. */
    static final String UNKNOWN = "unknown";

    private static final Duration UNKNOWN_GRACE = Durations.fromMinutes(10);

    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Retries retries;
    private final Leases leases;
    private final Connections connections;
    private final Sessions sessions;
    private final int brokerUid;

    /** Launched handlers that still run, by activation. */
    private final Map<Long, Activation> running = new HashMap<>();

    Recovery(
            BrokerState state,
            Parking parking,
            Dispatcher dispatcher,
            Retries retries,
            Leases leases,
            Connections connections,
            Sessions sessions,
            int brokerUid) {
        this.sessions = sessions;
        this.connections = connections;
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.retries = retries;
        this.leases = leases;
        this.brokerUid = brokerUid;
    }

    /**
     * A record whose kernel socket custody kept; matched by SO_COOKIE in the same boot.
     *
     * @param slot where custody has it, and where its descriptor is bound before the effects run
     * @param stored its record
     * @param holderRuns the launched handler, or the program of the session, that had it leased is still there
     */
    public record Kept(Slot slot, StoredSocket stored, boolean holderRuns) {
        /** Where it is bound. */
        public Optional<Endpoint> local() {
            return StoredCandidate.read(stored).local();
        }
    }

    /** A socket that custody kept and of which there is no record. */
    public record Stranger(Slot slot, Candidate candidate) {}

    /** How it went. */
    public record Outcome(int restored, int lost, int unknown) {}

    /** Numbers of the former broker are not used again. */
    public void numbersUsed(long lastNumber) {
        state.numbersUsed(lastNumber);
    }

    /** Tasks first: sockets name them. */
    public void tasks(List<StoredTask> tasks) {
        for (StoredTask stored : tasks) {
            TaskName name = new TaskName(stored.getUid(), stored.getApp(), stored.getName());
            state.tasks.put(name, new TaskEntry(name, stored.getSpec(), Records.instant(stored.getRegisteredAt())));
        }
    }

    /**
     * The sockets.
     *
     * @param lost records whose descriptors are gone: each is told of once, and forgotten
     * @param cause BROKER_LOST, or REBOOT
     */
    public Outcome sockets(List<Kept> kept, List<Stranger> strangers, List<StoredSocket> lost, CloseCause cause) {
        List<SocketEntry> entries = new ArrayList<>();
        for (Kept one : kept) {
            entries.add(Records.entry(one.stored, one.slot));
        }
        List<SocketEntry> unknown = strangers.stream().map(this::entry).toList();
        entries.addAll(unknown);
        state.sockets.restore(entries);
        for (int i = 0; i < kept.size(); i++) {
            parking.listenToNetwork(entries.get(i));
            restore(entries.get(i), kept.get(i));
        }
        unknown.forEach(this::keepAside);
        int told = lost(lost, cause);
        running.clear();
        return new Outcome(kept.size(), told, unknown.size());
    }

    /** Records whose connections are gone; how many of them were acknowledged once. */
    public int lost(List<StoredSocket> lost, CloseCause cause) {
        int told = 0;
        for (StoredSocket stored : lost) {
            if (!isOfAnother(stored)) {
                tell(stored, cause);
                told++;
            }
            state.forget(Records.name(stored));
        }
        return told;
    }

    /**
     * Whether a handler, too, is to be told that the connection ended with the host: its task asks for it, and it does not
     * come back by itself. Not one that no handler knew of, or that a handler was told the end of already.
     */
    public boolean wakesAfterReboot(StoredSocket stored) {
        TaskEntry task = state.tasks.get(Records.task(stored));
        boolean declared =
                stored.getApp().equals(Declared.APP) && stored.getListenerId().isEmpty();
        return task != null
                && task.spec.getNotifyReboot()
                && !declared
                && !isOfAnother(stored)
                && !stored.getQuiet().getAwaitsFirstBytes()
                && !stored.getEndDelivered();
    }

    /**
     * Wakes a handler for such a connection. It gets another socket in its place, a stream that is at its end, so that all
     * rules hold for this wake as for others. After {@link #sockets}.
     *
     * @param cookie of the socket in its place
     * @return where that one is bound before the effects run
     */
    public Slot wakeAfterReboot(StoredSocket stored, long cookie) {
        tell(stored, CloseCause.CLOSE_CAUSE_REBOOT);
        StoredSocket stand = stored.toBuilder()
                .setKind(SocketKind.SOCKET_KIND_STREAM)
                .setCookie(cookie)
                .setNonBlocking(false)
                .setGeneration(state.newGeneration())
                .setFailedAttempts(0)
                .clearQuiet()
                .build();
        SocketEntry socket = Records.entry(stand, state.sockets.nextSlot());
        state.sockets.add(socket);
        dispatcher.trigger(socket, ended(CloseCause.CLOSE_CAUSE_REBOOT));
        return socket.slot();
    }

    /**
     * A transfer that was not acknowledged is its giver's, who knows that best. What was to be released, and is not in
     * custody any more, was released.
     */
    private static boolean isOfAnother(StoredSocket stored) {
        return switch (stored.getState()) {
            case SOCKET_STATE_DEPOSITED -> stored.getListenerId().isEmpty();
            case SOCKET_STATE_RELEASING -> true;
            case SOCKET_STATE_LEASED -> stored.getLease().getReleased();
            default -> false;
        };
    }

    private void restore(SocketEntry socket, Kept kept) {
        StoredSocket stored = kept.stored;
        state.changed(socket);
        TaskEntry task = state.tasks.get(socket.task);
        if (task != null && !stored.getListenerId().isEmpty()) {
            connections.add(task, socket, socket.candidate(), Connections.Admission.ADMITTED);
        }
        switch (stored.getState()) {
            case SOCKET_STATE_QUEUED, SOCKET_STATE_QUARANTINED -> requeue(socket, stored);
            case SOCKET_STATE_LEASED -> leased(socket, kept);
            // DEPOSITED: its giver has closed its own descriptor, as one does that has the reply.
            default -> park(socket, stored);
        }
    }

    private void park(SocketEntry socket, StoredSocket stored) {
        TaskEntry task = state.tasks.get(socket.task);
        if (stored.getQuiet().getAwaitsFirstBytes() && task != null) {
            long left = Math.max(0, stored.getExpiryDeadlineNanos() - state.nowNanos);
            parking.parkSilent(socket, task, Durations.fromNanos(left));
            return;
        }
        socket.trigger = null;
        parking.park(socket, "");
        if (stored.hasKeepAliveDeadlineNanos() && socket.is(SocketState.SOCKET_STATE_PARKED)) {
            parking.shortenKeepAlive(socket, stored.getKeepAliveDeadlineNanos());
        }
    }

    private void requeue(SocketEntry socket, StoredSocket stored) {
        if (!state.tasks.containsKey(socket.task)) {
            parking.park(socket, "");
            return;
        }
        long delayNanos = stored.hasRetryDeadlineNanos() ? stored.getRetryDeadlineNanos() - state.nowNanos : 0;
        dispatcher.enqueueAfter(socket, Math.max(0, delayNanos));
        if (stored.getState() == SocketState.SOCKET_STATE_QUARANTINED && delayNanos > 0) {
            socket.state = SocketState.SOCKET_STATE_QUARANTINED;
        }
    }

    /** A holder that runs goes on; of one that is gone the exit policy decides. */
    private void leased(SocketEntry socket, Kept kept) {
        TaskEntry task = state.tasks.get(socket.task);
        StoredLease stored = kept.stored.getLease();
        if (task == null) {
            parking.park(socket, "");
            return;
        }
        Activation activation = running.computeIfAbsent(stored.getActivationId(), id -> {
            Activation former = new Activation(
                    id,
                    task,
                    Token.of(stored.getToken()).orElseGet(state::newToken),
                    Records.instant(stored.getSince()),
                    null);
            former.pid = stored.getHolderPid();
            return former;
        });
        Lease lease =
                new Lease(activation, socket, kept.stored.getTrigger(), stored.getReleased(), stored.getGeneration());
        lease.handedOver = stored.getHandedOver();
        activation.leases.add(lease);
        socket.state = SocketState.SOCKET_STATE_LEASED;
        socket.lease = lease;
        socket.endDelivered = kept.stored.getEndDelivered();
        if (kept.holderRuns && (stored.getSessionId().isEmpty() || lease.handedOver)) {
            adopt(activation, stored);
            if (lease.handedOver) {
                // A handler that was started in the moment of the broker's death may have to be told of as started.
                dispatcher.handedOver(lease);
            }
        } else if (lease.handedOver) {
            leases.applyPolicy(lease, HandlerEnd.FAILED, "its handler did not outlive the broker");
        } else {
            retries.retryNow(lease);
        }
    }

    private void adopt(Activation activation, StoredLease stored) {
        if (state.activations.putIfAbsent(activation.id, activation) != null) {
            return;
        }
        state.activationTokens.put(activation.token, activation);
        if (stored.getSessionId().isEmpty()) {
            dispatcher.adopted(activation.task);
            state.effect(new Effect.Adopt(activation.id, activation.pid));
        } else {
            sessions.await(activation, new SessionName(stored.getSessionUid(), stored.getSessionId()));
        }
        if (stored.hasTimeoutDeadlineNanos()) {
            leases.startWallClockAt(activation, stored.getTimeoutDeadlineNanos());
        }
    }

    private SocketEntry entry(Stranger stranger) {
        String id = "cookie-" + Long.toUnsignedString(stranger.candidate.cookie());
        SocketEntry socket = new SocketEntry(
                stranger.slot,
                new SocketName(brokerUid, UNKNOWN, id),
                new TaskName(brokerUid, UNKNOWN, UNKNOWN),
                stranger.candidate,
                state.wallTime,
                "",
                SocketOptions.newBuilder().setExpiresAfter(UNKNOWN_GRACE).build(),
                ByteString.EMPTY,
                KeepAlive.getDefaultInstance());
        socket.generation = state.newGeneration();
        return socket;
    }

    /** Nobody knows whose it is: an administrator may look at it and reclaim it, and then it is let go. */
    private void keepAside(SocketEntry socket) {
        parking.park(socket, "");
        parking.releaseAfter(socket, UNKNOWN_GRACE);
    }

    private void tell(StoredSocket stored, CloseCause cause) {
        SocketName name = Records.name(stored);
        state.effect(new Effect.Emit(new Effect.Happening(
                EventType.EVENT_TYPE_SOCKET_CLOSED,
                name.uid(),
                name,
                Records.task(stored),
                0,
                0,
                ended(cause),
                cause == CloseCause.CLOSE_CAUSE_REBOOT
                        ? "lost in a restart of the host"
                        : "lost with the broker and its custody")));
    }

    private static TriggerDetails ended(CloseCause cause) {
        return TriggerDetails.newBuilder()
                .setReason(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED)
                .setCloseCause(cause)
                .setPeerClosed(true)
                .build();
    }
}
