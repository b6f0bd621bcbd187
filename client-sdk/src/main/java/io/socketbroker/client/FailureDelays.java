package io.socketbroker.client;

import io.socketbroker.v1.SocketKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the failures in a row of each socket, of the last ten thousand that failed. Thread-safe by one lock. */
final class FailureDelays {

    private static final int MOST_SOCKETS = 10_000;

    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30));
    // In the order of the last failure, the oldest first.
    private final Map<SocketKey, Integer> failures = new LinkedHashMap<>();

    /** One more failure, and how long to wait now. */
    synchronized long failed(SocketKey socket) {
        var before = failures.remove(socket);
        int now = before == null ? 1 : before + 1;
        if (failures.size() == MOST_SOCKETS) {
            failures.remove(failures.keySet().iterator().next());
        }
        failures.put(socket, now);
        return backoff.delayMillis(now);
    }

    synchronized void succeeded(SocketKey socket) {
        failures.remove(socket);
    }
}
