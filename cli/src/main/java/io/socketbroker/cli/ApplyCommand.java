package io.socketbroker.cli;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.BrokerException;
import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.KeepAliveOptions;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.ConfigurationException;
import io.socketbroker.configuration.ConfigurationPlace;
import io.socketbroker.configuration.ConfigurationReader;
import io.socketbroker.configuration.ListenerDeclaration;
import io.socketbroker.configuration.ListenerSocket;
import io.socketbroker.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the listeners that the configuration declares here, in this network namespace, and hands them over. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description =
                "Makes the listeners that the broker's configuration declares, in the network that this command runs"
                        + " in, and hands them to the broker. What is there already stays as it is. For a broker with"
                        + " `listeners = \"apply\"`; run it as the broker's user.")
final class ApplyCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The broker's configuration. Default: as the daemon's.")
    private @Nullable Path file;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private int failures;

    @Override
    public Integer call() {
        Configuration configuration;
        try {
            configuration = ConfigurationReader.read(ConfigurationPlace.of(Optional.ofNullable(file), System.getenv()));
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
            return ExitCode.USAGE;
        }
        try (var client = broker.connectTo(Configuration.APP)) {
            Map<String, BrokeredSocket> present = new HashMap<>();
            client.listSockets().forEach(socket -> present.put(socket.id(), socket));
            for (var listener : configuration.listeners()) {
                apply(client, listener, present);
            }
        }
        return failures == 0 ? ExitCode.OK : ExitCode.LOCAL;
    }

    /** One that fails does not keep the others from being made. */
    private void apply(BrokerClient client, ListenerDeclaration listener, Map<String, BrokeredSocket> present) {
        try {
            var at = listener.address().resolve();
            if (present.values().stream().anyMatch(socket -> listener.isAt(socket.message(), at))) {
                // Under another id or task it is the broker's to change, at its reload.
                say(listener, "is there");
                return;
            }
            try (var socket = ListenerSocket.open(listener, at)) {
                var request = TransferRequest.of(socket, listener.id(), listener.task())
                        .withContext(listener.context().toByteArray())
                        .withKeepAlive(new KeepAliveOptions(listener.keepAlive()))
                        .withOptions(listener.options())
                        .replacing();
                var parked = client.transfer(request);
                if (output.isJson()) {
                    output.jsonLine(parked.message());
                }
            }
            var former = present.get(listener.id());
            if (former != null) {
                ListenerSocket.removePath(former.message().getLocal().getText());
            }
            say(listener, "is made");
        } catch (BrokerException | LinuxException | IOException e) {
            failures++;
            spec.commandLine()
                    .getErr()
                    .println("socketbroker apply: listener " + listener.id() + " at " + listener.address() + ": "
                            + e.getMessage());
        }
    }

    private void say(ListenerDeclaration listener, String what) {
        if (!output.isJson()) {
            output.line("listener " + listener.id() + " at " + listener.address() + " " + what);
        }
    }
}
