package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.socketbroker.daemon.time.Timers;
import io.socketbroker.store.v1.StoredSocket;
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

    /** An endpoint is shown as text and as address and port, each not longer than it is stored by more than this factor. */
    private static final int MOST_OF_ENDPOINTS = 3;

    /** Index of its {@link Slot}: an int, because there are many of these. */
    final int slot;

    final SocketName name;
    final TaskName task;
    final String listenerId;
    final SocketKind kind;
    final long cookie;

    /** O_NONBLOCK as the giver had it. */
    final boolean nonBlocking;

    private final boolean tcp;
    private final boolean unix;
    private final boolean connected;

    /** What never changes and is seldom asked for, as the journal has it. */
    private final byte[] fixed;

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
        this.tcp = candidate.protocol().equals("tcp");
        this.unix = candidate.protocol().equals("unix");
        this.connected = candidate.peer().isPresent();
        this.fixed = StoredCandidate.bytes(candidate, transferredAt);
        this.listenerId = listenerId;
        this.options = options;
        this.context = context;
        this.keepAlive = keepAlive;
        parkedAt(transferredAt);
    }

    Slot slot() {
        return new Slot(slot);
    }

    /** The part of its record that stays the same. */
    ByteString fixed() {
        return UnsafeByteOperations.unsafeWrap(fixed);
    }

    /** What never changes, unpacked: not for what is done often. */
    StoredSocket details() {
        return StoredCandidate.parse(fixed);
    }

    /** What was found out about the kernel socket; made anew with each call. */
    Candidate candidate() {
        return StoredCandidate.read(details());
    }

    /** When it was parked last, or handed over if it never was. */
    Instant parkedAt() {
        return Instant.ofEpochSecond(0, parkedAtNanos);
    }

    void parkedAt(Instant time) {
        parkedAtNanos = time.getEpochSecond() * 1_000_000_000 + time.getNano();
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
        return tcp;
    }

    boolean isUnix() {
        return unix;
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
                + MOST_OF_ENDPOINTS * fixed.length
                + options.getSerializedSize()
                + keepAlive.getSerializedSize();
    }
}
