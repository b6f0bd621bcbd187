package io.socketbroker.client;

import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import java.time.Instant;

/**
 * One thing that happened at the broker. Immutable.
 *
 * @param message the event itself, with what has no accessor here
 */
public record BrokerEvent(Event message) {

    /** Grows by one for each event of the broker. */
    public long sequence() {
        return message.getSequence();
    }

    /** When. */
    public Instant time() {
        return Protos.instant(message.getTime());
    }

    /** What. */
    public EventType type() {
        return message.getType();
    }

    /** The id of the socket; empty if it is not about one. */
    public String socketId() {
        return message.getSocket().getSocketId();
    }

    /** The name of the task; empty if it is not about one. */
    public String task() {
        return message.getTask().getName();
    }

    /** For people. */
    public String text() {
        return message.getMessage();
    }
}
