package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import io.socketbroker.client.KeepAliveOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The keep-alive of a socket, for every command that hands one over or changes one. */
final class KeepAliveArguments {

    @Option(
            names = "--keep-alive",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wake the task after so long without activity: 1s to 7d. 0: never, which ends a former one.")
    private @Nullable Duration interval;

    @Option(
            names = "--probe",
            paramLabel = "BYTES",
            converter = ByteText.Converter.class,
            description = "Sent by the broker at every keep-alive instead of a wake; at most 2048 bytes. "
                    + ByteText.FORMS + ".")
    private @Nullable ByteString probe;

    @Option(
            names = "--expect",
            paramLabel = "BYTES",
            converter = ByteText.Converter.class,
            description = "An answer to the probe that the broker consumes without a wake. Up to 8 times.")
    private List<ByteString> replies = List.of();

    @Option(
            names = "--reply-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wake the task when no expected answer came so long after the probe: 100ms to the keep-alive"
                    + " time. Default: that time, at most 30s.")
    private @Nullable Duration replyTimeout;

    @Option(
            names = "--adaptive",
            description = "Lengthen the keep-alive time while the connection holds, shorten it when the peer is lost.")
    private boolean adaptive;

    @Option(
            names = "--max-interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "With --adaptive: the longest keep-alive time, at most 7d. Default: 8 times --keep-alive.")
    private @Nullable Duration maxInterval;

    /** The former keep-alive with what was said; empty if nothing was said. */
    Optional<KeepAliveOptions> over(KeepAliveOptions former) {
        if (interval == null && !hasDetails()) {
            return Optional.empty();
        }
        var changed = interval == null ? former : former.withInterval(interval);
        if (changed.interval().isPresent()) {
            return Optional.of(details(changed));
        }
        if (hasDetails()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--probe, --expect, --reply-timeout, --adaptive and --max-interval need a time: add --keep-alive");
        }
        return Optional.of(KeepAliveOptions.none());
    }

    private boolean hasDetails() {
        return probe != null || !replies.isEmpty() || replyTimeout != null || adaptive || maxInterval != null;
    }

    private KeepAliveOptions details(KeepAliveOptions former) {
        var changed = former;
        if (probe != null) {
            changed = changed.withProbe(probe.toByteArray());
        }
        if (!replies.isEmpty()) {
            changed = changed.withExpectedReplies(
                    replies.stream().map(ByteString::toByteArray).toList());
        }
        if (replyTimeout != null) {
            changed = changed.withReplyTimeout(replyTimeout);
        }
        if (maxInterval != null) {
            changed = changed.withMaxInterval(maxInterval);
        }
        return adaptive ? changed.withAdaptive(true) : changed;
    }
}
