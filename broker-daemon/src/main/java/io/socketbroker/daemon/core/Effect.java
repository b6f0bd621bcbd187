package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.HeldLease;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TriggerDetails;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the shell around the rules has to do, in the order in which the effects were made. */
public sealed interface Effect {
    /**
     * Arms one event of a socket; its report carries the generation, so that a stale one is recognised.
     *
     * @param atLeastBytes of a byte stream: nothing is reported before so many are unread, or the end has come; 1 is any
     * @param lowWater the kernel heeds SO_RCVLOWAT for it; else each arrival may be reported
     */
    record Watch(Slot slot, long generation, int atLeastBytes, boolean lowWater) implements Effect {}

    /** Undoes what {@link Watch} changed of the open socket for more than one byte. */
    record Settle(Slot slot) implements Effect {}

    /** Sends a probe, whole or not at all, and reports {@link Activity#probed}. */
    record Probe(Slot slot, long generation, ByteString bytes) implements Effect {}

    /** Sends a response, whole or not at all, then consumes its request, and reports {@link Activity#answered}. */
    record Answer(Slot slot, long generation, ByteString response, int requestBytes) implements Effect {}

    /** Consumes unread bytes that were looked at before; of a datagram socket one datagram. */
    record Consume(Slot slot, int bytes) implements Effect {}

    /** Looks whether these conditions are met, and reports {@link Activity#evaluated}. */
    record Evaluate(TaskName task, long question, TaskConditions conditions) implements Effect {}

    /** Takes a socket out of epoll. Always comes before its Close: the registration belongs to the open file. */
    record Unwatch(Slot slot) implements Effect {}

    /**
     * Closes the broker's descriptor and frees the slot.
     *
     * @param shutdown end the connection first, because somebody else may have a duplicate
     */
    record Close(Slot slot, boolean shutdown) implements Effect {}

    /** Accepts up to so many connections of a listener and reports each, then {@link Activity#acceptingDone}. */
    record Accept(Slot slot, long generation, int atMost) implements Effect {}

    /** Starts a handler and reports {@link Brokerage#launched} or {@link Brokerage#launchFailed}. */
    record Launch(LaunchPlan plan) implements Effect {}

    /** Watches a handler that a former broker started, and reports {@link Brokerage#exited}. */
    record Adopt(long activationId, int pid) implements Effect {}

    /**
     * Sends a delivery to a session and, if that fails, reports {@link Brokerage#deliveryFailed}.
     *
     * @param connection of the session
     * @param outgoing what goes out
     */
    record Deliver(long connection, Brokerage.Outgoing outgoing) implements Effect {}

    /** Closes a connection to fd.sock whose session has ended or never came. */
    record Disconnect(long connection) implements Effect {}

    /** Tells a session that a lease is over. */
    record Revoke(SessionName session, long activationId, SocketName socket, String message) implements Effect {}

    /** Stream and connection of a session have met; these leases of the former broker go on in it. */
    record SessionStarted(SessionName session, List<HeldLease> resumed) implements Effect {}

    /** A session is over. */
    record SessionEnded(SessionName session, BrokerRefusal why) implements Effect {}

    /** Ends a handler that has used up its time. */
    record Signal(long activationId, int signal) implements Effect {}

    /** Writes to the journal. */
    record Journal(JournalEntry entry) implements Effect {}

    /** Tells observers. */
    record Emit(Happening happening) implements Effect {}

    /**
     * Something that observers may want to know.
     *
     * @param type what
     * @param owner whose; only this uid and administrators are told
     * @param socket null if no socket is concerned
     * @param task null if no task is concerned
     * @param activationId 0 if none
     * @param pid 0 if none
     * @param trigger null but for SOCKET_TRIGGERED
     * @param message for people, or empty
     */
    record Happening(
            EventType type,
            int owner,
            @Nullable SocketName socket,
            @Nullable TaskName task,
            long activationId,
            int pid,
            @Nullable TriggerDetails trigger,
            String message) {}
}
