package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends one socket. */
@Command(
        name = "close",
        mixinStandardHelpOptions = true,
        description = "Shuts a socket down and closes it, whoever holds it.")
final class CloseCommand implements Callable<Integer> {

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
            socket = client.closeSocket(socketId);
        }
        if (output.isJson()) {
            output.json(socket.message());
        } else {
            output.line("closed " + socket.id() + ": " + Sentences.of(socket));
        }
        return ExitCode.OK;
    }
}
