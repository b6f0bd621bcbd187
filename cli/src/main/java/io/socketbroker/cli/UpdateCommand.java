package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.KeepAliveOptions;
import io.socketbroker.client.ParkingOptions;
import io.socketbroker.client.SocketUpdate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a socket where it is. */
@Command(
        name = "update",
        mixinStandardHelpOptions = true,
        description = "Changes context, keep-alive or options of a socket where it is. What is not said stays;"
                + " --expect, --source and --auto-answer replace all former ones of their kind.")
final class UpdateCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private ContextFile context = new ContextFile();

    @Mixin
    private KeepAliveArguments keepAlive = new KeepAliveArguments();

    @Mixin
    private ParkingArguments parking = new ParkingArguments();

    @Mixin
    private ListenerArguments listener = new ListenerArguments();

    @Option(
            names = "--reset",
            description = "Forget the former keep-alive and options first: only what is said here counts.")
    private boolean reset;

    @Parameters(paramLabel = "ID", description = "The socket.")
    private String socketId = "";

    @Override
    public Integer call() {
        // What is wrong by itself needs no broker to be told.
        var _ = options(ParkingOptions.none());
        BrokeredSocket socket;
        try (var client = broker.connect()) {
            socket = client.updateSocket(socketId, update(client.getSocket(socketId)));
        }
        if (output.isJson()) {
            output.json(socket.message());
        } else {
            output.line("updated " + socket.id());
        }
        return ExitCode.OK;
    }

    /** The broker replaces keep-alive and options as a whole, so that what stays is said again. */
    private SocketUpdate update(BrokeredSocket former) {
        var update = SocketUpdate.none();
        var newContext = context.read();
        if (newContext.isPresent()) {
            update = update.withContext(newContext.get());
        }
        var keepAliveBefore = reset ? KeepAliveOptions.none() : former.keepAliveOptions();
        var newKeepAlive = keepAlive.over(keepAliveBefore);
        if (reset || newKeepAlive.isPresent()) {
            update = update.withKeepAlive(newKeepAlive.orElse(keepAliveBefore));
        }
        var newOptions = options(reset ? withoutOptions(former) : former.options());
        return newOptions.equals(former.options()) ? update : update.withOptions(newOptions);
    }

    private ParkingOptions options(ParkingOptions former) {
        return listener.over(parking.over(former));
    }

    /** The accept mode of a listener cannot change. */
    private static ParkingOptions withoutOptions(BrokeredSocket former) {
        return ParkingOptions.none().withAcceptMode(former.options().message().getAcceptMode());
    }
}
