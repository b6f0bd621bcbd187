package io.socketbroker.client;

import io.socketbroker.v1.GetStatusResponse;
import java.time.Instant;
import java.util.Map;

/**
 * Counts of the broker when it answered. Immutable.
 *
 * @param message the answer itself, with what has no accessor here
 */
public record BrokerStatus(GetStatusResponse message) {

    /** Of the broker's build. */
    public String version() {
        return message.getVersion();
    }

    /** The broker's process. */
    public int pid() {
        return message.getPid();
    }

    /** Since when it serves. */
    public Instant startedAt() {
        return Protos.instant(message.getStartedAt());
    }

    /** Sockets by the name of their state. */
    public Map<String, Integer> socketsByState() {
        return message.getSocketsByStateMap();
    }

    /** Handlers that run. */
    public int runningHandlers() {
        return message.getRunningHandlers();
    }
}
