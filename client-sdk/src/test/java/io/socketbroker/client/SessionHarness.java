package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A broker, a client and connections of one test; its close fails if a descriptor is left. */
final class SessionHarness implements AutoCloseable {

    /** A change that a listener was told. */
    record Change(SessionState state, Optional<BrokerException> cause) {}

    /** Of the launched handlers, see {@link HandlerEnvironmentTest#complete}. */
    static final ByteString TOKEN = ByteString.copyFrom(HexFormat.of().parseHex("00112233445566778899aabbccddeeff"));

    private static final ClientTimeouts TIMEOUTS =
            new ClientTimeouts(Duration.ofMillis(800), Duration.ofMillis(400), Duration.ofSeconds(3));

    final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    final BrokerClient client;
    FakeSessionBroker broker;
    private final int openBefore = OwnedFd.openCount();
    private final Path directory;
    private final List<Connection> connections = new ArrayList<>();

    SessionHarness(Path directory) throws IOException {
        this.directory = directory;
        broker = new FakeSessionBroker(directory);
        client = BrokerClient.builder()
                .runtimeDirectory(directory)
                .timeouts(TIMEOUTS)
                .connect();
    }

    SessionOptions options() {
        return SessionOptions.of("chat")
                .withListener((state, cause) -> changes.add(new Change(state, cause)))
                .withLongestReconnectDelay(Duration.ofMillis(100));
    }

    /** What a launched handler of the task "chat" is told. */
    Map<String, String> environment(String style, Duration linger) {
        var environment = HandlerEnvironmentTest.complete(style);
        environment.put("SOCKETBROKER_RUNTIME_DIR", directory.toString());
        environment.put("SOCKETBROKER_TASK", "chat");
        environment.put("SOCKETBROKER_LINGER_MILLIS", Long.toString(linger.toMillis()));
        return environment;
    }

    ActivationContext activation(String style, Duration linger) {
        return ActivationContext.of(environment(style, linger), 77).orElseThrow();
    }

    /** Runs a launched handler to its end. */
    void runLaunched(Duration linger, SocketHandler handler) {
        ActivatedHandler.run(activation("claim", linger), TIMEOUTS, options(), handler);
    }

    /** As {@link #runLaunched}, on a thread of its own. */
    CompletableFuture<Void> launched(Duration linger, SocketHandler handler) {
        return CompletableFuture.runAsync(
                () -> runLaunched(linger, handler),
                work -> Thread.ofPlatform().name("launched").start(work));
    }

    Session attach(SocketHandler handler) {
        return client.attach(options(), handler);
    }

    void restartBroker() throws IOException {
        broker.close();
        broker = new FakeSessionBroker(directory);
    }

    Connection connection() {
        var opened = Connection.open();
        connections.add(opened);
        return opened;
    }

    /** The near ends of so many new connections. */
    List<OwnedFd> sockets(int count) {
        var near = new ArrayList<OwnedFd>();
        for (int i = 0; i < count; i++) {
            near.add(connection().near());
        }
        return near;
    }

    /** Only the test's own descriptors are left: those that the session got are closed. */
    void awaitDescriptorsClosed(int before) {
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(OwnedFd.openCount()).isEqualTo(before));
    }

    @Override
    public void close() {
        client.close();
        broker.close();
        connections.forEach(Connection::close);
        awaitDescriptorsClosed(openBefore);
    }
}
