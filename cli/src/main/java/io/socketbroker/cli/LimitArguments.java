package io.socketbroker.cli;

import io.socketbroker.client.ActivationLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import picocli.CommandLine.Option;

/** The limits of a task; 0 is each one's default. */
final class LimitArguments {

    private static final String AT_ONCE = " at once before that counts; default: as many as in a second.";

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Handlers at the same time, 1 to 10000; default: 64.")
    private int maxConcurrency;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Connections of the task's listeners at the same time; default: no limit of its own.")
    private int maxConnections;

    @Option(
            names = "--max-connections-per-source",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "The same from one IPv4 address or IPv6 /64; default: no limit.")
    private int maxConnectionsPerSource;

    @Option(
            names = "--over-limit",
            paramLabel = "ACTION",
            converter = OverLimitConverter.class,
            description =
                    "What is done with connections over these. hold (default): they wait. refuse: they are closed.")
    private OverLimit overLimit = OverLimit.OVER_LIMIT_UNSPECIFIED;

    @Option(
            names = "--activations-per-second",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Wakes of the task a second; further ones come later. Default: no limit.")
    private int perSecond;

    @Option(
            names = "--activation-burst",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Wakes" + AT_ONCE)
    private int burst;

    @Option(
            names = "--socket-activations-per-second",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Wakes of one socket a second; default: no limit.")
    private int perSocketAndSecond;

    @Option(
            names = "--socket-activation-burst",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Wakes of one socket" + AT_ONCE)
    private int socketBurst;

    @Option(
            names = "--source-activations-per-second",
            paramLabel = "N",
            converter = CountConverter.class,
            description =
                    "Wakes a second of all sockets with a peer in the same IPv4 /24 or IPv6 /64; default: no limit.")
    private int perSourceAndSecond;

    @Option(
            names = "--source-activation-burst",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Wakes of those sockets" + AT_ONCE)
    private int sourceBurst;

    /** What was said. */
    ActivationLimits limits() {
        return ActivationLimits.none()
                .withMaxConcurrency(maxConcurrency)
                .withMaxConnections(maxConnections)
                .withMaxConnectionsPerSource(maxConnectionsPerSource)
                .withOverLimit(overLimit)
                .withRate(perSecond, burst)
                .withSocketRate(perSocketAndSecond, socketBurst)
                .withSourceRate(perSourceAndSecond, sourceBurst);
    }

    /** The words of --over-limit. */
    static final class OverLimitConverter extends EnumConverter<OverLimit> {
        OverLimitConverter() {
            super(OverLimit.class, "OVER_LIMIT_");
        }
    }
}
