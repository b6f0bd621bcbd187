package io.socketbroker.client;

import io.socketbroker.v1.ExplainResponse;
import java.util.List;

/**
 * What happened to a socket lately, and why it does or does not wake a handler now. Immutable.
 *
 * @param message the answer itself
 */
public record SocketStory(ExplainResponse message) {

    /** The present situation in words. */
    public String explanation() {
        return message.getExplanation();
    }

    /** The oldest first, as far as the broker still has them. */
    public List<BrokerEvent> events() {
        return message.getEventsList().stream().map(BrokerEvent::new).toList();
    }
}
