package io.socketbroker.client;

import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;

/**
 * Limits of one task. Immutable; each {@code with} gives a changed copy. The broker checks the values, not this class, and
 * has further limits for each uid and for all.
 *
 * <p>A rate is a token bucket that refills by itself: what is over it is woken later, and nothing is lost. Zero means the
 * default everywhere.
 *
 * @param message what goes to the broker
 */
public record ActivationLimits(TaskLimits message) {

    /** All defaults. */
    public static ActivationLimits none() {
        return new ActivationLimits(TaskLimits.getDefaultInstance());
    }

    /** Handlers at the same time: 1 to 10000; 64 by default. */
    public ActivationLimits withMaxConcurrency(int handlers) {
        return with(message.toBuilder().setMaxConcurrency(handlers));
    }

    /**
     * Connections of the task's listeners at the same time, from their accept to their end or release; at most 1000000.
     * By default no limit of its own.
     */
    public ActivationLimits withMaxConnections(int connections) {
        return with(message.toBuilder().setMaxConnections(connections));
    }

    /** As {@link #withMaxConnections}, from one source: an IPv4 address or an IPv6 /64. */
    public ActivationLimits withMaxConnectionsPerSource(int connections) {
        return with(message.toBuilder().setMaxConnectionsPerSource(connections));
    }

    /**
     * Activations of the task.
     *
     * @param perSecond in the long run, at most 1000000; 0 means no limit, the default
     * @param burst at once before that counts, at most 1000000; 0 means as many as in a second
     */
    public ActivationLimits withRate(int perSecond, int burst) {
        return with(message.toBuilder().setActivationsPerSecond(perSecond).setActivationBurst(burst));
    }

    /** Wakes of one socket, see {@link #withRate}. */
    public ActivationLimits withSocketRate(int perSecond, int burst) {
        return with(message.toBuilder().setSocketActivationsPerSecond(perSecond).setSocketActivationBurst(burst));
    }

    /** Wakes of all sockets with a peer in the same IPv4 /24 or IPv6 /64, see {@link #withRate}. */
    public ActivationLimits withSourceRate(int perSecond, int burst) {
        return with(message.toBuilder().setSourceActivationsPerSecond(perSecond).setSourceActivationBurst(burst));
    }

    /** What is done with connections over their limits: they wait (the default), or they are closed. */
    public ActivationLimits withOverLimit(OverLimit action) {
        return with(message.toBuilder().setOverLimit(action));
    }

    private static ActivationLimits with(TaskLimits.Builder changed) {
        return new ActivationLimits(changed.build());
    }
}
