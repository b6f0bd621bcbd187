package io.socketbroker.client;

import java.time.Duration;

/**
 * Bounds of every wait for the broker. Immutable.
 *
 * @param call from the start of a gRPC call to its answer; above the 5 s that the broker waits for the other half of a
 *     transfer
 * @param descriptors for each send and each answer on {@code fd.sock}, and for its connect
 * @param close for the end of the client's threads in {@link BrokerClient#close}
 * @param absence of a broker that was there before, from the first call that it leaves without an answer; zero for not
 *     waiting at all
 */
public record ClientTimeouts(Duration call, Duration descriptors, Duration close, Duration absence) {

    private static final Duration DEFAULT_ABSENCE = Duration.ofSeconds(20);

    /** 10 s for a call, 6 s for a message on {@code fd.sock}, 3 s for the close, 20 s for an absence. */
    public static final ClientTimeouts DEFAULT =
            new ClientTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofSeconds(3));

    public ClientTimeouts {
        requirePositive("call", call);
        requirePositive("descriptors", descriptors);
        requirePositive("close", close);
        if (absence.isNegative()) {
            throw new IllegalArgumentException("the time-out 'absence' must not be negative: " + absence);
        }
    }

    /** With the default for an absence. */
    public ClientTimeouts(Duration call, Duration descriptors, Duration close) {
        this(call, descriptors, close, DEFAULT_ABSENCE);
    }

    /** With another bound of a call. */
    public ClientTimeouts withCall(Duration bound) {
        return new ClientTimeouts(bound, descriptors, close, absence);
    }

    /** With another bound of an absence. */
    public ClientTimeouts withAbsence(Duration bound) {
        return new ClientTimeouts(call, descriptors, close, bound);
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("the time-out '" + name + "' must be above zero: " + value);
        }
    }
}
