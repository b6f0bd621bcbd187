package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.RunningActivation;
import io.socketbroker.v1.ListActivationsResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Who has sockets now. */
@Command(
        name = "activations",
        mixinStandardHelpOptions = true,
        description = "Lists the handlers and sessions that have sockets now.")
final class ActivationsCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        List<RunningActivation> activations;
        try (var client = broker.connect()) {
            activations = client.activations();
        }
        if (output.isJson()) {
            output.json(ListActivationsResponse.newBuilder()
                    .addAllActivations(
                            activations.stream().map(RunningActivation::message).toList()));
            return ExitCode.OK;
        }
        var table = Table.withTitles("ACTIVATION", "TASK", "SOCKET", "PID", "SINCE");
        for (RunningActivation activation : activations) {
            for (BrokeredSocket socket : activation.sockets()) {
                var holder = socket.message().getHolder();
                table.row(
                        Long.toUnsignedString(activation.id()),
                        activation.task(),
                        socket.id(),
                        holder.getPid(),
                        Words.time(holder.getSince()));
            }
        }
        output.table(table);
        return ExitCode.OK;
    }
}
