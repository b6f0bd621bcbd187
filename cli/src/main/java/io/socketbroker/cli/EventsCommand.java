package io.socketbroker.cli;

import io.socketbroker.client.BrokerEvent;
import io.socketbroker.client.BrokerException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What happened, and what happens. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description = "Shows what happened lately; with --json one event on each line.")
final class EventsCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = {"--follow", "-f"},
            description = "Go on with new events, until interrupted.")
    private boolean follow;

    @Option(
            names = "--after",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only events after this sequence number.")
    private long after;

    @Override
    public Integer call() {
        try (var client = broker.connect()) {
            if (!follow) {
                client.events().stream()
                        .filter(event -> event.sequence() > after)
                        .forEach(this::print);
                return ExitCode.OK;
            }
            try (var subscription = client.followEvents(after, this::print)) {
                subscription.ended().join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof BrokerException lost ? lost : e;
            }
            return ExitCode.OK;
        }
    }

    private void print(BrokerEvent event) {
        if (output.isJson()) {
            output.jsonLine(event.message());
            return;
        }
        output.line(EventLine.of(event));
    }
}
