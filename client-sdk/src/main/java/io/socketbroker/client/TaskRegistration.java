package io.socketbroker.client;

import io.socketbroker.v1.RegisterTaskResponse;

/**
 * The answer to a registration. Immutable.
 *
 * @param message the answer itself
 */
public record TaskRegistration(RegisterTaskResponse message) {

    /** The task, with the broker's defaults filled in. */
    public RegisteredTask task() {
        return new RegisteredTask(message.getTask());
    }

    /** A task of that name was there before. */
    public boolean replaced() {
        return message.getReplaced();
    }

    /** Sockets without a task that this one took up. */
    public int adoptedSockets() {
        return message.getAdoptedSockets();
    }
}
