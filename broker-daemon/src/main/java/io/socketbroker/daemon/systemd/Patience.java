package io.socketbroker.daemon.systemd;

import java.time.Duration;

/**
 * How long the launcher waits for a manager.
 *
 * @param answer for a connection, and for any answer while one is due; then the connection is given up
 * @param firstRetry before the second attempt to connect; doubled with each further one
 * @param longestRetry bound of that
 * @param unseen how long a unit may be out of sight before it counts as ended
 * @param idle after the last unit, before the connection is closed: an open one is told of all units' changes
 */
record Patience(Duration answer, Duration firstRetry, Duration longestRetry, Duration unseen, Duration idle) {
    static final Patience USUAL = new Patience(
            Duration.ofSeconds(25),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
}
