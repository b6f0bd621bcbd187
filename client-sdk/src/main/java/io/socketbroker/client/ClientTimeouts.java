package io.socketbroker.client;

import java.time.Duration;

/**
 * Bounds of every wait for the broker. Immutable.
 *
 * @param call from the start of a gRPC call to its answer; above the 5 s that the broker waits for the other half of a
 *     transfer
 * @param descriptors for each send and each answer on {@code fd.sock}, and for its connect
 * @param close for the end of the client's threads in {@link BrokerClient#close}
 */
public record ClientTimeouts(Duration call, Duration descriptors, Duration close) {

    /** 10 s for a call, 6 s for a message on {@code fd.sock}, 3 s for the close. */
    public static final ClientTimeouts DEFAULT =
            new ClientTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofSeconds(3));

    public ClientTimeouts {
        requirePositive("call", call);
        requirePositive("descriptors", descriptors);
        requirePositive("close", close);
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("the time-out '" + name + "' must be above zero: " + value);
        }
    }
}
