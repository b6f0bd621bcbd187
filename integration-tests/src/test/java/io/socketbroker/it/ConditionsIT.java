package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskConditions;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Wakes that wait for a path, and no longer than they should. */
final class ConditionsIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    @TempDir
    private Path folder;

    private ProtocolClient client;
    private String task;

    /** Events stay: each test has a task of its own. */
    @BeforeEach
    void nameTask(TestInfo test) {
        client = broker.client();
        task = test.getTestMethod().orElseThrow().getName();
    }

    private Path path() {
        return folder.resolve("ready");
    }

    private TaskConditions.Builder whenReady() {
        return TaskConditions.newBuilder().setPathExists(path().toString());
    }

    private Link park(TaskConditions.Builder conditions) {
        client.register(
                task, Specs.lineAnswerer().toBuilder().setConditions(conditions).build());
        Link link = broker.link();
        client.park(link.mine(), task, "s");
        return link;
    }

    private void expectDeferred() {
        EventLog.of(client).awaitMessage("WAKE_DEFERRED", task, path().toString());
        assertThat(client.socket("s").getState()).isEqualTo(SocketState.SOCKET_STATE_QUEUED);
        assertThat(client.explain("s")).contains(path().toString());
        assertThat(client.task(task).getLaunches()).isZero();
    }

    @Test
    void shouldDeferAWakeUntilThePathExists() throws IOException {
        Link link = park(whenReady());
        link.peer().send("one\ntwo\n");
        expectDeferred();
        Files.createFile(path());
        assertThat(link.peer().readLine()).isEqualTo("got one");
        assertThat(link.peer().readLine()).isEqualTo("got two");
    }

    @Test
    void shouldDeferNoLongerThanItShould() {
        long start = System.nanoTime();
        Link link = park(whenReady().setMaxDeferral(Rules.millis(1_500)));
        link.peer().send("hello\n");
        expectDeferred();
        assertThat(link.peer().readLine()).isEqualTo("got hello");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(5));
    }

    @Test
    void shouldLeaveConnectionsInTheBacklogMeanwhile() throws IOException {
        client.register(
                task,
                Specs.lineAnswerer().toBuilder().setConditions(whenReady()).build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 16));
        var address = Link.addressOf(listener.fd());
        client.park(listener, task, "listener");
        Wire[] connections = new Wire[5];
        for (int i = 0; i < connections.length; i++) {
            connections[i] =
                    broker.closeLater(new Wire(Sockets.connectTcp(address))).send("line " + i + "\n");
        }
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, path().toString());
        assertThat(client.explain("listener")).contains(path().toString());
        assertThat(client.socketIds()).containsExactly("listener");
        Files.createFile(path());
        for (int i = 0; i < connections.length; i++) {
            assertThat(connections[i].readLine()).isEqualTo("got line " + i);
        }
    }

    @Test
    void shouldWakeAtOnceWhenItsTaskIsRegisteredWithoutConditions() {
        Link link = park(whenReady());
        link.peer().send("hello\n");
        expectDeferred();
        client.register(task, Specs.lineAnswerer());
        assertThat(link.peer().readLine()).isEqualTo("got hello");
    }

    @Test
    void shouldHoldBackSessionsToo() throws IOException {
        client.register(task, TaskSpec.newBuilder().setConditions(whenReady()).build());
        AttachedSession session =
                broker.closeLater(AttachedSession.to(broker.process().runtimeDirectory(), task, 1));
        Link link = broker.link();
        client.park(link.mine(), task, "s");
        link.peer().send("hello\n");
        expectDeferred();
        Files.createFile(path());
        assertThat(broker.closeLater(session.delivery()).descriptors()).hasSize(1);
    }
}
