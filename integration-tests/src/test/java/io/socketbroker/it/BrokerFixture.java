package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.UnregisterTaskRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One daemon for the tests of a class, as a static {@code @RegisterExtension} field. After each test it closes what the
 * test opened, removes what the broker still has, and asserts that the daemon has the same descriptors as before, that no
 * handler is left, and that the daemon logged no defect. When a test fails, the daemon's log is shown.
 */
final class BrokerFixture implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration SETTLING = Duration.ofSeconds(15);

    private final String[] wrapper;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable BrokerProcess process;
    private @Nullable Puppets puppets;
    private SortedMap<Integer, String> descriptorsBefore = new TreeMap<>();
    private int logLinesBefore;

    /**
     * A daemon.
     *
     * @param wrapper the start of its command line, such as prlimit(1) with its options
     */
    BrokerFixture(String... wrapper) {
        this.wrapper = wrapper.clone();
        Awaitility.setDefaultTimeout(SETTLING);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }

    BrokerProcess process() {
        if (process == null) {
            throw new IllegalStateException("the daemon was not started");
        }
        return process;
    }

    Path home() {
        return process().home();
    }

    DaemonLog log() {
        return process().log();
    }

    /** A new connection to the daemon, closed after the test. */
    ProtocolClient client() {
        return closeLater(new ProtocolClient(process().runtimeDirectory()));
    }

    /** Handlers that obey the test, closed after it. */
    Puppets puppets() {
        if (puppets == null) {
            puppets = closeLater(new Puppets(home()));
        }
        return puppets;
    }

    /** Closed after the test, the last one first. */
    <T extends AutoCloseable> T closeLater(T resource) {
        opened.push(resource);
        return resource;
    }

    /** A TCP connection, closed after the test. */
    Link link() {
        return closeLater(Link.tcp());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        process = BrokerProcess.start(wrapper);
        // Twice, because what the first round leaves behind the second one uses.
        for (int round = 0; round < 2; round++) {
            WarmUp.run(process);
        }
        awaitNoHandlers();
        awaitQuiet();
    }

    /** The daemon closes the warm-up's connections after the warm-up has: they must not count as open before a test. */
    private void awaitQuiet() {
        AtomicReference<Object> former = new AtomicReference<>(Map.of());
        Awaitility.await("a daemon at rest").during(Duration.ofMillis(500)).until(() -> {
            Object now = Processes.descriptors(process().pid());
            return now.equals(former.getAndSet(now));
        });
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        puppets = null;
        descriptorsBefore = Processes.descriptors(process().pid());
        logLinesBefore = log().lines().size();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            forgetEverything();
            closeOpened();
            awaitNoHandlers();
            Awaitility.await("the daemon's descriptors")
                    .untilAsserted(() ->
                            assertThat(Processes.descriptors(process().pid())).isEqualTo(descriptorsBefore));
            assertThat(newLogLines()).noneMatch(line -> line.contains(" ERROR "));
        } finally {
            context.getExecutionException()
                    .ifPresent(_ -> System.out.println("Log of the daemon during " + context.getDisplayName() + ":\n"
                            + String.join("\n", newLogLines())));
        }
    }

    private Iterable<String> newLogLines() {
        var lines = log().lines();
        return lines.subList(logLinesBefore, lines.size());
    }

    private void forgetEverything() {
        try (ProtocolClient administrator = new ProtocolClient(process().runtimeDirectory())) {
            administrator
                    .tasks()
                    .listTasks(ListTasksRequest.getDefaultInstance())
                    .getTasksList()
                    .forEach(task -> administrator
                            .tasks()
                            .unregisterTask(UnregisterTaskRequest.newBuilder()
                                    .setKey(task.getKey())
                                    .setSockets(SocketDisposition.SOCKET_DISPOSITION_CLOSE)
                                    .build()));
            administrator
                    .sockets()
                    .listSockets(ListSocketsRequest.getDefaultInstance())
                    .getSocketsList()
                    .forEach(socket -> administrator
                            .sockets()
                            .closeSocket(CloseSocketRequest.newBuilder()
                                    .setKey(socket.getKey())
                                    .build()));
        }
    }

    private void closeOpened() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private void awaitNoHandlers() {
        Awaitility.await("handlers end")
                .untilAsserted(() -> assertThat(Processes.handlersOf(process().runtimeDirectory()))
                        .isEmpty());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        try (BrokerProcess started = process()) {
            started.stop();
        }
    }
}
