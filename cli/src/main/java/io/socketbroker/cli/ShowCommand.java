package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One socket with all that the broker knows of it. */
@Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one socket with its context.")
final class ShowCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "The socket.")
    private String socketId = "";

    @Override
    public Integer call() {
        BrokeredSocket socket;
        try (var client = broker.connect()) {
            socket = client.getSocket(socketId);
        }
        if (output.isJson()) {
            output.json(socket.message());
        } else {
            output.table(table(socket));
        }
        return ExitCode.OK;
    }

    private static Table table(BrokeredSocket socket) {
        var message = socket.message();
        var table = Table.ofPairs()
                .row("id", socket.id())
                .row("application", message.getKey().getApp())
                .row("uid", message.getKey().getUid())
                .row("state", Words.word(socket.state(), "SOCKET_STATE_"))
                .row("socket", Sentences.of(socket))
                .row("cookie", Long.toUnsignedString(socket.cookie()))
                .row("generation", Long.toUnsignedString(socket.generation()))
                .row("task", socket.task())
                .row("context", Words.bytes(message.getContext()))
                .row("keep-alive", OptionWords.of(message.getKeepAlive()))
                .row("effective interval", Words.duration(message.getEffectiveInterval()))
                .row("probes sent", Long.toUnsignedString(socket.probesSent()))
                .row("replies consumed", Long.toUnsignedString(socket.repliesConsumed()))
                .row("options", OptionWords.of(message.getOptions()))
                .row("answers sent", Long.toUnsignedString(socket.answersSent()))
                .row("datagrams discarded", Long.toUnsignedString(socket.datagramsDiscarded()))
                .row("wakes", message.getActivations())
                .row("failed attempts", message.getFailedAttempts())
                .row("listener", message.getListenerId())
                .row("transferred", Words.time(message.getTransferredAt()))
                .row("parked", Words.time(message.getParkedAt()));
        if (message.hasHolder()) {
            var holder = message.getHolder();
            table.row(
                    "held by",
                    "pid " + holder.getPid() + ", activation " + holder.getActivationId() + ", since "
                            + Words.time(holder.getSince()));
        }
        return table;
    }
}
