package io.socketbroker.daemon.core;

import io.socketbroker.daemon.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a socket that is dealt with while nobody is woken: filters, probes, answers, expiry. Apart from its
 * {@link SocketEntry}, because most sockets have none of it. Mutable; only the rules of this package change it.
 */
final class Quiet {
    /** Unread bytes at the last look that decided to wait for more; 0 if nothing was held back. */
    int heldBytes;

    /** The start of a known request or reply did not go on: the next look wakes a handler. */
    boolean impatient;

    /** Accepted, and not given to a handler yet, because nothing came on it. */
    boolean awaitsFirstBytes;

    /** A probe was sent, and its reply has not come. */
    boolean awaitsReply;

    /** The keep-alive interval in use, where it is adaptive; else 0. */
    long adaptedNanos;

    long probesSent;
    long repliesConsumed;
    long answersSent;
    long datagramsDiscarded;

    /** Wakes of this socket a second; null without such a limit. */
    @Nullable
    TokenBucket rate;

    /** Why its connections wait in the backlog, as it was told last; empty once it has accepted again. */
    String toldHeld = "";

    /** The rate that its wake waits for, with its value and who uses it; empty if none does. */
    String heldByRate = "";

    /** How long the start of a known request or reply may stay incomplete. */
    Timers.@Nullable Timer patience;

    /** When the socket is closed for want of activity, or of first bytes. */
    Timers.@Nullable Timer expiry;
}
