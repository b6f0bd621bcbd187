package io.socketbroker.client;

import io.socketbroker.v1.Activation;
import java.util.List;

/**
 * A handler that has sockets now, or is about to get them. Immutable.
 *
 * @param message the activation itself, with what has no accessor here
 */
public record RunningActivation(Activation message) {

    /** Its number. */
    public long id() {
        return message.getActivationId();
    }

    /** The name of its task. */
    public String task() {
        return message.getTask().getName();
    }

    /** Its sockets. */
    public List<BrokeredSocket> sockets() {
        return message.getSocketsList().stream()
                .map(activated -> new BrokeredSocket(activated.getSocket()))
                .toList();
    }
}
