package io.socketbroker.client;

import io.socketbroker.v1.Task;

/**
 * A task as the broker knew it when it answered. Immutable.
 *
 * @param message the answer itself, with what has no accessor here
 */
public record RegisteredTask(Task message) {

    /** Unique within its application. */
    public String name() {
        return message.getKey().getName();
    }

    /** Its application. */
    public String app() {
        return message.getKey().getApp();
    }

    /** As registered, for a changed registration. */
    public TaskDefinition definition() {
        return new TaskDefinition(name(), message.getSpec());
    }

    /** Sockets that name it. */
    public int sockets() {
        return message.getSockets();
    }

    /** Its handlers that run. */
    public int running() {
        return message.getRunning();
    }

    /** Its sockets that wait for a handler. */
    public int queued() {
        return message.getQueued();
    }
}
