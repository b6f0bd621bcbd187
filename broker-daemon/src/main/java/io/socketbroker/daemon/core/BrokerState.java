package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.TriggerDetails;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all rules share: the tables, the time that the conductor told, and the effects made so far. */
final class BrokerState {
    final BrokerLimits limits;
    final SocketTable sockets;
    final Map<TaskName, TaskEntry> tasks = new TreeMap<>();
    final Map<Long, Activation> activations = new HashMap<>();

    /** Sockets that ask for NETWORK_CHANGED. */
    final Set<SocketEntry> networkListeners = new LinkedHashSet<>();

    final Map<Token, Activation> activationTokens = new HashMap<>();
    final Timers timers = new Timers();
    final FormerOwnership former = new FormerOwnership();
    final AdaptiveIntervals intervals = new AdaptiveIntervals();
    final RandomGenerator random;
    final int brokerUid;

    /** For whoever writes a message, as long as that takes. */
    final BackwardWriter writer = new BackwardWriter(1_024);

    private final Supplier<Token> tokens;
    private List<Effect> effects = new ArrayList<>();

    /** Sockets that are not as the journal has them, in the order in which they changed first. */
    private final List<SocketEntry> changed = new ArrayList<>();

    private final List<SocketName> forgotten = new ArrayList<>();

    private long lastGeneration;
    long nowNanos;
    Instant wallTime = Instant.EPOCH;

    BrokerState(BrokerLimits limits, int brokerUid, Supplier<Token> tokens, RandomGenerator random) {
        this.limits = limits;
        this.brokerUid = brokerUid;
        this.tokens = tokens;
        this.random = random;
        // The random numbers of this object are for jitter, and may be guessed.
        this.sockets = new SocketTable(tokens.get().low());
    }

    Token newToken() {
        return tokens.get();
    }

    /** Grows over all sockets, so that a slot's next socket never has the generation of the former one. */
    long newGeneration() {
        return ++lastGeneration;
    }

    /** The lease is over; an activation of a session ends with its last lease. */
    void leaseEnded(Lease lease) {
        lease.ended = true;
        changed(lease.socket);
        if (lease.socket.lease == lease) {
            lease.socket.lease = null;
        }
        Activation activation = lease.activation;
        if (activation.session != null && activation.isOver()) {
            activation.session.activations.remove(activation);
            retire(activation);
        } else if (Durations.isPositive(activation.spec.getLinger()) && activation.isOver()) {
            // It stays for more work, which has a limit of its own.
            timers.cancel(activation.timer);
        }
    }

    /** Nothing can be said about this activation any more. */
    void retire(Activation activation) {
        activations.remove(activation.id);
        activationTokens.remove(activation.token);
        timers.cancel(activation.timer);
        if (activation.delivery != null) {
            timers.cancel(activation.delivery.timer);
        }
    }

    /** Another context for a socket that the broker has, within the size of each and the sum of its owner's. */
    void checkContext(SocketEntry socket, ByteString context, String field) {
        ItemRules.checkContext(context, field, limits);
        int uid = socket.name.uid();
        if (sockets.contextBytesOf(uid) - socket.context.size() + context.size() > limits.contextBytesPerUid()) {
            throw BrokerRefusal.limit(
                    "context-bytes-per-uid",
                    limits.contextBytesPerUid(),
                    "uid " + Integer.toUnsignedString(uid),
                    "use smaller contexts");
        }
    }

    /** The journal has to hear of it; once for all that changes until then. */
    void changed(SocketEntry socket) {
        if (!socket.changed) {
            socket.changed = true;
            changed.add(socket);
        }
    }

    /** The journal has a record of a socket that is not there. */
    void forget(SocketName name) {
        if (sockets.named(name).isEmpty()) {
            forgotten.add(name);
        }
    }

    /** Generations and activations go on behind this number. */
    void numbersUsed(long lastNumber) {
        lastGeneration = Math.max(lastGeneration, lastNumber);
    }

    /** What has changed since the last call, as it is now. */
    List<JournalEntry> takeChanges() {
        if (changed.isEmpty() && forgotten.isEmpty()) {
            return List.of();
        }
        List<JournalEntry> entries = new ArrayList<>(changed.size() + forgotten.size());
        forgotten.forEach(name -> entries.add(new JournalEntry.SocketRemoved(name)));
        forgotten.clear();
        for (SocketEntry socket : changed) {
            socket.changed = false;
            if (sockets.has(socket)) {
                entries.add(Records.of(socket, writer));
            } else if (sockets.named(socket.name).isEmpty()) {
                entries.add(new JournalEntry.SocketRemoved(socket.name));
            }
            // One that took the name of another has changed too.
        }
        changed.clear();
        return entries;
    }

    /** What has changed since is nobody's business. */
    void dropChanges() {
        forgotten.clear();
        changed.forEach(socket -> socket.changed = false);
        changed.clear();
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    List<Effect> takeEffects() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    void emit(EventType type, SocketEntry socket, String message) {
        emit(type, socket, null, null, message);
    }

    void emit(
            EventType type,
            SocketEntry socket,
            @Nullable Activation activation,
            @Nullable TriggerDetails trigger,
            String message) {
        effect(new Effect.Emit(new Effect.Happening(
                type,
                socket.name.uid(),
                socket.name,
                socket.task,
                activation == null ? 0 : activation.id,
                activation == null ? 0 : activation.pid,
                trigger,
                message)));
    }

    /** For the broker's user and administrators: it concerns the host. */
    void emit(EventType type, String message) {
        effect(new Effect.Emit(new Effect.Happening(type, brokerUid, null, null, 0, 0, null, message)));
    }

    void emit(EventType type, TaskName task, String message) {
        effect(new Effect.Emit(new Effect.Happening(type, task.uid(), null, task, 0, 0, null, message)));
    }
}
