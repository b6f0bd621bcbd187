package io.socketbroker.daemon.core;

import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;

/** What the limits of a task may hold. Every check names the field and its bound. */
final class LimitRules {
    private static final int LARGEST = 1_000_000;

    private LimitRules() {}

    static void check(TaskLimits limits, String field) {
        requireAtMost(limits.getMaxConcurrency(), BrokerLimits.LARGEST_MAX_CONCURRENCY, field + ".max_concurrency");
        requireAtMost(limits.getMaxConnections(), LARGEST, field + ".max_connections");
        requireAtMost(limits.getMaxConnectionsPerSource(), LARGEST, field + ".max_connections_per_source");
        checkRate(limits.getActivationsPerSecond(), limits.getActivationBurst(), field, "activation");
        checkRate(
                limits.getSocketActivationsPerSecond(), limits.getSocketActivationBurst(), field, "socket_activation");
        checkRate(
                limits.getSourceActivationsPerSecond(), limits.getSourceActivationBurst(), field, "source_activation");
        if (limits.getMaxConnections() != 0
                && Integer.compareUnsigned(limits.getMaxConnectionsPerSource(), limits.getMaxConnections()) > 0) {
            throw ItemRules.invalid(
                    field + ".max_connections_per_source", "contradicts max_connections, which is smaller");
        }
        if (limits.getOverLimit() == OverLimit.UNRECOGNIZED) {
            throw ItemRules.invalid(field + ".over_limit", "must be HOLD or REFUSE");
        }
        boolean limited = limits.getMaxConnections() != 0 || limits.getMaxConnectionsPerSource() != 0;
        if (limits.getOverLimit() != OverLimit.OVER_LIMIT_UNSPECIFIED && !limited) {
            throw ItemRules.invalid(field + ".over_limit", "needs max_connections or max_connections_per_source");
        }
    }

    private static void checkRate(int perSecond, int burst, String field, String name) {
        requireAtMost(perSecond, LARGEST, field + "." + name + "s_per_second");
        requireAtMost(burst, LARGEST, field + "." + name + "_burst");
        if (burst != 0 && perSecond == 0) {
            throw ItemRules.invalid(field + "." + name + "_burst", "needs " + name + "s_per_second");
        }
    }

    private static void requireAtMost(int value, int most, String field) {
        if (Integer.compareUnsigned(value, most) > 0) {
            throw ItemRules.invalid(field, "must be at most " + most + ", or 0 for the default");
        }
    }
}
