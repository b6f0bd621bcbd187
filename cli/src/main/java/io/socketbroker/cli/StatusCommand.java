package io.socketbroker.cli;

import io.socketbroker.client.BrokerStatus;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The broker at a glance. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows counts and limits of the broker.")
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        BrokerStatus status;
        try (var client = broker.connect()) {
            status = client.status();
        }
        if (output.isJson()) {
            output.json(status.message());
        } else {
            output.table(table(status));
        }
        return ExitCode.OK;
    }

    private static Table table(BrokerStatus status) {
        var message = status.message();
        var table = Table.ofPairs()
                .row("version", status.version())
                .row("pid", status.pid())
                .row("uid", message.getUid())
                .row("serving since", Words.time(message.getStartedAt()))
                .row("custody", message.getCustody())
                .row(
                        "sockets",
                        status.socketsByState().entrySet().stream()
                                .map(e -> e.getValue() + " " + e.getKey())
                                .sorted()
                                .collect(Collectors.joining(", ")))
                .row("tasks", message.getTasks())
                .row("running handlers", status.runningHandlers());
        message.getLimitsList()
                .forEach(limit -> table.row(limit.getName(), limit.getUsed() + " of " + limit.getLimit()));
        return table;
    }
}
