package io.socketbroker.daemon.core;

import static java.util.Objects.requireNonNull;

import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.SocketState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Handing descriptors out in two phases, to applications that reclaim and to launched handlers that claim. */
final class Claims {
    private final BrokerState state;
    private final Parking parking;
    private final Dispatcher dispatcher;
    private final Leases leases;
    private final Map<Token, Claim> tickets = new HashMap<>();
    private final Map<Long, Claim> deliveries = new HashMap<>();
    private long lastDelivery;

    Claims(BrokerState state, Parking parking, Dispatcher dispatcher, Leases leases) {
        this.state = state;
        this.parking = parking;
        this.dispatcher = dispatcher;
        this.leases = leases;
    }

    /** What an application needs for its claim. */
    record Ticket(Token token, Instant expiresAt, List<SocketEntry> sockets) {}

    /** What goes out on fd.sock. */
    record Outgoing(long deliveryId, Optional<Activation> activation, List<SocketEntry> sockets) {
        List<Slot> slots() {
            List<Slot> slots = new ArrayList<>(sockets.size());
            sockets.forEach(socket -> slots.add(socket.slot()));
            return slots;
        }
    }

    /** A token for the descriptors. */
    Ticket reclaim(Caller caller, List<SocketEntry> sockets) {
        Claim claim = begin(caller, sockets);
        Token token = state.newToken();
        tickets.put(token, claim);
        startTimer(claim, () -> {
            tickets.remove(token);
            takeBack(claim, "the reclaim was not claimed in time");
        });
        return new Ticket(token, state.wallTime.plus(state.limits.claimTimeout()), claim.sockets);
    }

    /** The descriptors themselves, to be sent on this connection. */
    Outgoing reclaim(Caller caller, List<SocketEntry> sockets, long connection) {
        int bytes = sockets.stream().mapToInt(SocketEntry::deliveryBytes).sum();
        if (bytes > Dispatcher.MOST_DELIVERY_BYTES) {
            throw ItemRules.invalid(
                    "reclaim",
                    "the sockets and their contexts might not fit into one frame: use Reclaim and Claim, or less keys");
        }
        return deliver(begin(caller, sockets), connection);
    }

    private Claim begin(Caller caller, List<SocketEntry> sockets) {
        for (SocketEntry socket : sockets) {
            requireReclaimable(socket);
        }
        long unfinished = Stream.concat(tickets.values().stream(), deliveries.values().stream())
                .filter(claim -> claim.uid == caller.uid())
                .count();
        if (unfinished >= state.limits.claimsPerUid()) {
            throw BrokerRefusal.limit(
                    "claims-per-uid",
                    state.limits.claimsPerUid(),
                    "uid " + Integer.toUnsignedString(caller.uid()),
                    "finish or let expire the reclaims under way");
        }
        Claim claim = new Claim(caller.uid(), caller.pid(), sockets, null);
        for (SocketEntry socket : sockets) {
            dispatcher.withdraw(socket);
            parking.unwatch(socket);
            socket.state = SocketState.SOCKET_STATE_RELEASING;
            state.changed(socket);
            socket.generation = state.newGeneration();
            socket.trigger = null;
            socket.claim = claim;
        }
        return claim;
    }

    private static void requireReclaimable(SocketEntry socket) {
        if (socket.is(SocketState.SOCKET_STATE_LEASED) && socket.lease != null) {
            String holder = "activation " + socket.lease.activation.id + ", process " + socket.lease.activation.pid;
            throw BrokerRefusal.held(
                    "socket " + socket.name + " is leased to " + holder + "; wait until it is given back", holder);
        }
        if (socket.is(SocketState.SOCKET_STATE_RELEASING) && socket.claim != null) {
            String holder = "process " + socket.claim.pid;
            throw BrokerRefusal.held(
                    "socket " + socket.name + " is being claimed by " + holder + "; the first claim wins", holder);
        }
        if (socket.is(SocketState.SOCKET_STATE_DEPOSITED)) {
            throw BrokerRefusal.held("socket " + socket.name + " is still being taken into custody", "the broker");
        }
    }

    /** The descriptors of a token, to be sent on this connection. */
    Outgoing claim(Caller caller, Token token, long connection) {
        Claim ticket = tickets.get(token);
        if (ticket != null && caller.sees(ticket.uid)) {
            tickets.remove(token);
            requireWhole(ticket);
            return deliver(ticket, connection);
        }
        Activation activation = leases.byToken(token, caller);
        if (!activation.claims()) {
            return new Outgoing(0, Optional.of(activation), activation.sockets());
        }
        boolean used = activation.leases.stream().anyMatch(lease -> lease.handedOver);
        if (activation.session != null || used || activation.delivery != null || activation.isOver()) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_TOKEN_UNKNOWN,
                    "token",
                    "the token of activation " + activation.id + " was used already");
        }
        Claim claim = new Claim(caller.uid(), caller.pid(), heldSockets(activation), activation);
        activation.delivery = claim;
        return deliver(claim, connection);
    }

    /** A socket may have been closed between the reclaim and its claim; then nothing of the claim goes out. */
    private void requireWhole(Claim claim) {
        for (SocketEntry socket : claim.sockets) {
            if (socket.claim != claim) {
                state.timers.cancel(claim.timer);
                takeBack(claim, "another socket of the reclaim was closed");
                throw new BrokerRefusal(
                        ErrorReason.ERROR_REASON_SOCKET_UNKNOWN, "token", "socket " + socket.name + " was closed");
            }
        }
    }

    /** What of an activation is still there to be handed over. */
    private static List<SocketEntry> heldSockets(Activation activation) {
        return activation.leases.stream()
                .filter(lease -> !lease.ended)
                .map(lease -> lease.socket)
                .toList();
    }

    /** Sends an activation to its session. */
    void push(Activation activation) {
        Session session = requireNonNull(activation.session);
        Claim claim = new Claim(session.name.uid(), session.pid, activation.sockets(), activation);
        activation.delivery = claim;
        long connection = session.connection.orElseThrow();
        Outgoing outgoing = deliver(claim, connection);
        state.effect(new Effect.Deliver(
                connection,
                new Brokerage.Outgoing(
                        outgoing.deliveryId(), outgoing.slots(), WrittenViews.delivery(outgoing, state.writer))));
    }

    /** It could not be sent. */
    void deliveryFailed(long deliveryId) {
        Claim claim = deliveries.remove(deliveryId);
        if (claim != null && claim.activation != null) {
            state.timers.cancel(claim.timer);
            claim.activation.delivery = null;
            leases.notSent(claim.activation);
        }
    }

    private Outgoing deliver(Claim claim, long connection) {
        state.timers.cancel(claim.timer);
        claim.deliveryId = ++lastDelivery;
        claim.connection = connection;
        deliveries.put(claim.deliveryId, claim);
        startTimer(claim, () -> abandon(claim, "the delivery was not acknowledged in time"));
        return new Outgoing(claim.deliveryId, Optional.ofNullable(claim.activation), claim.sockets);
    }

    void acknowledge(long deliveryId, long connection) {
        Claim claim = deliveries.get(deliveryId);
        if (claim == null || claim.connection != connection) {
            throw new BrokerRefusal(
                    ErrorReason.ERROR_REASON_CLAIM_EXPIRED,
                    "delivery_id",
                    "delivery " + deliveryId + " is not waiting for an acknowledgement: its sockets are the broker's");
        }
        deliveries.remove(deliveryId);
        state.timers.cancel(claim.timer);
        Activation activation = claim.activation;
        if (activation != null) {
            activation.delivery = null;
            activation.leases.forEach(dispatcher::handedOver);
            if (activation.session != null) {
                leases.startWallClock(activation);
            }
            return;
        }
        for (SocketEntry socket : claim.sockets) {
            if (socket.claim == claim) {
                state.former.remember(socket);
                parking.release(socket, "reclaimed by process " + claim.pid);
            }
        }
    }

    /** The connection is gone: what it did not acknowledge is the broker's again. */
    void disconnected(long connection) {
        for (Claim claim : new ArrayList<>(deliveries.values())) {
            if (claim.connection == connection) {
                abandon(claim, "the claimant disconnected before its acknowledgement");
            }
        }
    }

    private void abandon(Claim claim, String why) {
        deliveries.remove(claim.deliveryId);
        state.timers.cancel(claim.timer);
        Activation activation = claim.activation;
        if (activation == null) {
            takeBack(claim, why);
            return;
        }
        activation.delivery = null;
        activation
                .sockets()
                .forEach(socket -> state.emit(EventType.EVENT_TYPE_CLAIM_EXPIRED, socket, activation, null, why));
        if (activation.session != null) {
            leases.notAcknowledged(activation);
        }
        // A launched handler may claim once more while it runs; its exit decides otherwise.
    }

    private void takeBack(Claim claim, String why) {
        for (SocketEntry socket : claim.sockets) {
            if (socket.claim == claim) {
                state.emit(EventType.EVENT_TYPE_CLAIM_EXPIRED, socket, why);
                parking.park(socket, why);
            }
        }
    }

    private void startTimer(Claim claim, Runnable expiry) {
        claim.timer = state.timers.schedule(
                state.nowNanos + state.limits.claimTimeout().toNanos(), expiry);
    }
}
