package io.socketbroker.cli;

import io.socketbroker.client.SocketStory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Why a socket does or does not wake. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        description = "Shows what happened to one socket lately, and why it does or does not wake a handler now.")
final class WhyCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "The socket.")
    private String socketId = "";

    @Override
    public Integer call() {
        SocketStory story;
        try (var client = broker.connect()) {
            story = client.explain(socketId);
        }
        if (output.isJson()) {
            output.json(story.message());
        } else {
            story.events().forEach(event -> output.line(EventLine.of(event)));
            output.line(story.explanation());
        }
        return ExitCode.OK;
    }
}
