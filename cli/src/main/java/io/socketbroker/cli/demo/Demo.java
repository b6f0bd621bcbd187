package io.socketbroker.cli.demo;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.v1.SocketDisposition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The whole loop, three times, with a broker of its own. One thread. */
public final class Demo {

    private final Path launcher;
    private final Story story;

    /**
     * A demo to be run.
     *
     * @param launcher bin/socketbroker, which starts the broker and the commands
     */
    public Demo(Path launcher, Story story) {
        this.launcher = launcher;
        this.story = story;
    }

    /** Runs to its end; what goes wrong is a failed check. */
    public void run() {
        story.chapter("the broker", "Socket Broker: sockets that outlive their programs");
        try (var broker = PrivateBroker.start(launcher)) {
            story.check(
                    "a private broker serves",
                    true,
                    "pid " + broker.pid() + " in " + broker.folder() + ", " + broker.startMillis()
                            + " ms from its start");
            try (var client = BrokerClient.connect(broker.runtimeDirectory())) {
                new ConversationPart(story, broker, client).tell();
                var command = List.of(launcher.toString());
                new ListenerPart(story, broker, client, command).tell();
                new DatagramPart(story, broker, client, command).tell();
                clean(client);
            }
            stop(broker);
        } catch (IOException | RuntimeException e) {
            story.check("the story is told to its end", false, String.valueOf(e.getMessage()));
        }
    }

    private void clean(BrokerClient client) {
        story.chapter("the end", "The end");
        for (var task : client.listTasks()) {
            client.unregisterTask(task.name(), SocketDisposition.SOCKET_DISPOSITION_UNSPECIFIED);
        }
        var sockets = client.listSockets();
        var tasks = client.listTasks();
        story.check(
                "nothing is left with the broker",
                sockets.isEmpty() && tasks.isEmpty(),
                sockets.size() + " sockets, " + tasks.size() + " tasks");
    }

    private void stop(PrivateBroker broker) {
        long start = System.nanoTime();
        var status = broker.stop();
        story.check(
                "the broker stops on SIGTERM",
                status.isPresent() && status.get() == 0,
                status.map(code -> "exit " + code + " after " + Story.millisSince(start) + " ms")
                        .orElse("it still runs"));
        broker.close();
        story.check(
                "its folder is gone",
                !Files.exists(broker.folder()),
                broker.folder().toString());
    }
}
