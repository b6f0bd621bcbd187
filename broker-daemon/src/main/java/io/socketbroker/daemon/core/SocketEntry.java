package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TriggerDetails;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One brokered socket. Mutable; only the rules of this package change it. */
final class SocketEntry {
    /** Numbers, times, trigger and holder in a delivery. */
    private static final int FIXED_VIEW_BYTES = 180;

    /** Index of its {@link Slot}: an int, because there are many of these. */
    final int slot;

    final SocketName name;
    final TaskName task;
    final String listenerId;
    final SocketKind kind;
    final long cookie;

    /** O_NONBLOCK as the giver had it. */
    final boolean nonBlocking;

    /** "tcp", "udp" or "unix". */
    final String protocol;

    /** See {@link PackedEndpoints}. */
    final byte[] endpoints;

    private final boolean connected;
    private final long transferredAtNanos;

    SocketOptions options;
    ByteString context;
    KeepAlive keepAlive;

    SocketState state = SocketState.SOCKET_STATE_DEPOSITED;
    long generation = 1;

    /** The process whose transfer is not acknowledged yet, while DEPOSITED; 0 if not known. */
    int giverPid;

    private long parkedAtNanos;
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

    /** What was parked before and after it, of its task. */
    @Nullable
    SocketEntry beforeInTask;

    @Nullable
    SocketEntry afterInTask;

    /** The journal has yet to hear of what changed. */
    boolean changed;

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
        this.slot = slot.index();
        this.name = name;
        this.task = task;
        this.kind = candidate.kind();
        this.cookie = candidate.cookie();
        this.nonBlocking = candidate.nonBlocking();
        // One from the store would be a string of its own.
        this.protocol = candidate.protocol().intern();
        this.connected = candidate.peer().isPresent();
        this.endpoints = PackedEndpoints.of(candidate.local(), candidate.peer());
        this.transferredAtNanos = nanos(transferredAt);
        this.listenerId = listenerId;
        this.options = options;
        this.context = context;
        this.keepAlive = keepAlive;
        parkedAt(transferredAt);
    }

    Slot slot() {
        return new Slot(slot);
    }

    /** What was found out about the kernel socket; made anew with each call. */
    Candidate candidate() {
        return new Candidate(
                kind, protocol, cookie, PackedEndpoints.local(endpoints), PackedEndpoints.peer(endpoints), nonBlocking);
    }

    /** When the broker took it first. */
    Instant transferredAt() {
        return Instant.ofEpochSecond(0, transferredAtNanos);
    }

    /** When it was parked last, or handed over if it never was. */
    Instant parkedAt() {
        return Instant.ofEpochSecond(0, parkedAtNanos);
    }

    void parkedAt(Instant time) {
        parkedAtNanos = nanos(time);
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000 + time.getNano();
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

    boolean isTcp() {
        return protocol.equals("tcp");
    }

    boolean isUnix() {
        return protocol.equals("unix");
    }

    boolean is(SocketState expected) {
        return state == expected;
    }

    /** A listener or an unconnected datagram socket: a service's own socket rather than one of its connections. */
    boolean isService() {
        return kind == SocketKind.SOCKET_KIND_LISTENER || (kind == SocketKind.SOCKET_KIND_DATAGRAM && !connected);
    }

    /** At most so much of a delivery's frame tells of this socket. */
    int deliveryBytes() {
        int names = name.id().length() + 2 * name.app().length() + task.name().length() + listenerId.length();
        return FIXED_VIEW_BYTES
                + context.size()
                + names
                + PackedEndpoints.MOST_SHOWN_BYTES
                + PackedEndpoints.MOST_TIMES_LARGER * endpoints.length
                + options.getSerializedSize()
                + keepAlive.getSerializedSize();
    }
}
