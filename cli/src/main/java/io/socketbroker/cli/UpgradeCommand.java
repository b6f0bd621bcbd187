package io.socketbroker.cli;

import io.socketbroker.cli.demo.Waiting;
import io.socketbroker.client.BrokerException;
import io.socketbroker.client.BrokerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Replaces the broker by the program that is installed now. */
@Command(
        name = "upgrade",
        mixinStandardHelpOptions = true,
        description =
                "Replaces the running broker by the program that is installed now, in the same process: no connection"
                        + " is lost or refused. Waits until it serves again.")
final class UpgradeCommand implements Callable<Integer> {
    private static final Duration SERVES_WITHIN = Duration.ofSeconds(60);

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    private @Nullable BrokerStatus successor;

    @Override
    public Integer call() {
        BrokerStatus former;
        long start = System.nanoTime();
        try (var client = broker.connect()) {
            former = client.status();
            client.upgrade();
        }
        Waiting.until(SERVES_WITHIN, () -> isServedSince(former.startedAt()));
        return Optional.ofNullable(successor)
                .map(status -> report(former, status, Duration.ofNanos(System.nanoTime() - start)))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNREACHABLE,
                        "the upgraded broker does not serve after " + SERVES_WITHIN.toSeconds() + " s"));
    }

    private boolean isServedSince(Instant former) {
        try (var client = broker.connect()) {
            var status = client.status();
            if (status.startedAt().isAfter(former)) {
                successor = status;
            }
        } catch (BrokerException e) {
            // Between the two brokers.
            return false;
        }
        return successor != null;
    }

    private int report(BrokerStatus former, BrokerStatus status, Duration took) {
        if (output.isJson()) {
            output.json(status.message());
            return ExitCode.OK;
        }
        output.line("pid " + status.pid() + " serves again after " + took.toMillis() + " ms: version "
                + former.version() + " became " + status.version() + ", " + sockets(former) + " sockets became "
                + sockets(status));
        return ExitCode.OK;
    }

    private static int sockets(BrokerStatus status) {
        return status.socketsByState().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }
}
