package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One brokered socket. Mutable; only the rules of this package change it. */
final class SocketEntry {
    /** Numbers, times, trigger and holder in a delivery. */
    private static final int FIXED_VIEW_BYTES = 180;

    final Slot slot;
    final SocketName name;
    final TaskName task;
    final Candidate candidate;
    final Instant transferredAt;
    final String listenerId;
    private final int endpointBytes;
    SocketOptions options;
    ByteString context;
    KeepAlive keepAlive;

    SocketState state = SocketState.SOCKET_STATE_DEPOSITED;
    long generation = 1;

    /** The process whose transfer is not acknowledged yet, while DEPOSITED; 0 if not known. */
    int giverPid;

    Instant parkedAt;
    long activations;
    int failedAttempts;

    /** Registered with epoll, armed or not. */
    boolean watched;

    /** Low-water mark or edge triggering is set for watching, and has to be undone before anybody gets the socket. */
    boolean tuned;

    /** A handler was told that the connection is over: the next return ends the socket. */
    boolean endDelivered;

    /** What happened, while QUEUED or LEASED. */
    @Nullable
    TriggerDetails trigger;

    /** Who has it while LEASED. */
    @Nullable
    Lease lease;

    /** Who is to get it while RELEASING. */
    @Nullable
    Claim claim;

    /** The keep-alive while PARKED, the retry or the turn while QUEUED. */
    Timers.@Nullable Timer timer;

    /** Null for a socket that wakes a handler on anything. */
    @Nullable
    Quiet quiet;

    /** Of a connection that a listener of the task brought; null for others. */
    Connections.@Nullable Place place;

    SocketEntry(
            Slot slot,
            SocketName name,
            TaskName task,
            Candidate candidate,
            Instant transferredAt,
            String listenerId,
            SocketOptions options,
            ByteString context,
            KeepAlive keepAlive) {
        this.slot = slot;
        this.name = name;
        this.task = task;
        this.candidate = candidate;
        this.transferredAt = transferredAt;
        this.parkedAt = transferredAt;
        this.listenerId = listenerId;
        this.options = options;
        this.context = context;
        this.keepAlive = keepAlive;
        this.endpointBytes = Stream.concat(candidate.local().stream(), candidate.peer().stream())
                // Once as text and once as address and port.
                .mapToInt(endpoint -> 2 * endpoint.toString().length() + 8)
                .sum();
    }

    Quiet quiet() {
        if (quiet == null) {
            quiet = new Quiet();
        }
        return quiet;
    }

    boolean awaitsFirstBytes() {
        return quiet != null && quiet.awaitsFirstBytes;
    }

    boolean is(SocketState expected) {
        return state == expected;
    }

    /** A listener or an unconnected datagram socket: a service's own socket rather than one of its connections. */
    boolean isService() {
        return candidate.kind() == SocketKind.SOCKET_KIND_LISTENER
                || (candidate.kind() == SocketKind.SOCKET_KIND_DATAGRAM
                        && candidate.peer().isEmpty());
    }

    /** At most so much of a delivery's frame tells of this socket. */
    int deliveryBytes() {
        int names = name.id().length() + 2 * name.app().length() + task.name().length() + listenerId.length();
        return FIXED_VIEW_BYTES
                + context.size()
                + names
                + endpointBytes
                + options.getSerializedSize()
                + keepAlive.getSerializedSize();
    }
}
