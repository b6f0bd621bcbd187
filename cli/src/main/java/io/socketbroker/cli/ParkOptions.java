package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.KeepAliveOptions;
import io.socketbroker.client.ParkingOptions;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.OwnedFd;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What listen, connect and park share: hands one socket over and says so. */
final class ParkOptions {

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

    @Option(names = "--task", required = true, paramLabel = "T", description = "The task to wake.")
    private String task = "";

    @Option(
            names = "--id",
            required = true,
            paramLabel = "ID",
            description = "Name of the socket, unique within its application.")
    private String socketId = "";

    @Option(names = "--replace", description = "Close a socket that has this id now.")
    private boolean replace;

    /** Opens the socket once everything that was said makes sense, and hands it over. */
    void transfer(Supplier<OwnedFd> open, UnaryOperator<ParkingOptions> more) {
        var options = more.apply(parking.over(ParkingOptions.none()));
        var newKeepAlive = keepAlive.over(KeepAliveOptions.none());
        try (var socket = open.get();
                var client = broker.connect()) {
            var request = TransferRequest.of(socket, socketId, task);
            if (!options.equals(ParkingOptions.none())) {
                request = request.withOptions(options);
            }
            var newContext = context.read();
            if (newContext.isPresent()) {
                request = request.withContext(newContext.get());
            }
            if (newKeepAlive.isPresent()) {
                request = request.withKeepAlive(newKeepAlive.get());
            }
            report(client.transfer(replace ? request.replacing() : request));
        }
    }

    private void report(BrokeredSocket parked) {
        if (output.isJson()) {
            output.json(parked.message());
        } else {
            output.line("parked " + parked.id() + ": " + Sentences.of(parked) + ", wakes " + parked.task());
        }
    }
}
