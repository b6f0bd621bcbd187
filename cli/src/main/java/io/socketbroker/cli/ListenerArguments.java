package io.socketbroker.cli;

import io.socketbroker.client.ParkingOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What only listeners have. */
final class ListenerArguments {

    @Option(
            names = "--first-bytes",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "Listeners whose connections the broker accepts: wake when the first bytes of a connection are"
                            + " there, and close it without a wake when that takes longer: 100ms to 1h. Default: each connection"
                            + " wakes at once.")
    private @Nullable Duration firstBytes;

    /** The former options with what was said. */
    ParkingOptions over(ParkingOptions former) {
        return firstBytes == null ? former : former.withFirstBytesTimeout(firstBytes);
    }
}
