package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rates of wakes, of a socket, a source and a task: what is over them comes later by itself, and nothing is lost. */
final class RatesIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private String task;

    /** Events stay: each test has a task of its own. */
    @BeforeEach
    void nameTask(TestInfo test) {
        client = broker.client();
        task = test.getTestMethod().orElseThrow().getName();
    }

    private void register(TaskLimits.Builder limits) {
        client.register(task, Specs.lineAnswerer().toBuilder().setLimits(limits).build());
    }

    private Link park(String id, String peer) {
        Link link = broker.closeLater(Link.tcp(peer));
        client.park(link.mine(), task, id);
        return link;
    }

    private static void expectAnswer(Link link, String line) {
        assertThat(link.peer().readLine()).isEqualTo("got " + line);
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    @Test
    void shouldSpreadTheWakesOfATask() {
        register(TaskLimits.newBuilder().setActivationsPerSecond(5).setActivationBurst(1));
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            links.add(park("s" + i, "127.0.0.1"));
        }
        long start = System.nanoTime();
        for (int i = 0; i < links.size(); i++) {
            links.get(i).peer().send("line " + i + "\n");
        }
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, "activations_per_second = 5", "used by task", task);
        assertThat(Await.state(client, "s7", SocketState.SOCKET_STATE_QUEUED).getActivations())
                .isZero();
        for (int i = 0; i < links.size(); i++) {
            expectAnswer(links.get(i), "line " + i);
        }
        // The first one at once, and a fifth of a second for each of the others.
        assertThat(since(start)).isBetween(Duration.ofMillis(1_390), Duration.ofSeconds(5));
        assertThat(client.task(task).getLaunches()).isEqualTo(8);
    }

    @Test
    void shouldLetABurstThroughAtOnce() {
        register(TaskLimits.newBuilder().setActivationsPerSecond(1).setActivationBurst(6));
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            links.add(park("s" + i, "127.0.0.1"));
        }
        long start = System.nanoTime();
        links.forEach(link -> link.peer().send("x\n"));
        links.forEach(link -> expectAnswer(link, "x"));
        assertThat(since(start)).as("not one a second").isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void shouldSpreadTheWakesOfOneSocketAndNotHoldUpAnother() {
        register(TaskLimits.newBuilder().setSocketActivationsPerSecond(2).setSocketActivationBurst(1));
        Link busy = park("busy", "127.0.0.1");
        Link other = park("other", "127.0.0.1");
        long start = System.nanoTime();
        busy.peer().send("line 1\nline 2\nline 3\nline 4\n");
        expectAnswer(busy, "line 1");
        EventLog.of(client)
                .awaitMessage("LIMIT_HELD", task, "socket_activations_per_second = 2", "used by socket", "busy");
        other.peer().send("mine\n");
        expectAnswer(other, "mine");
        assertThat(since(start)).isLessThan(Duration.ofMillis(1_500));
        expectAnswer(busy, "line 2");
        expectAnswer(busy, "line 3");
        expectAnswer(busy, "line 4");
        assertThat(since(start)).isBetween(Duration.ofMillis(1_490), Duration.ofSeconds(5));
        Await.parked(client, "busy");
        assertThat(client.socket("busy").getActivations()).isEqualTo(4);
    }

    @Test
    void shouldSpreadTheWakesOfOneSourceAndNotHoldUpAnother() {
        register(TaskLimits.newBuilder().setSourceActivationsPerSecond(2).setSourceActivationBurst(1));
        Link first = park("first", "127.0.0.1");
        Link second = park("second", "127.0.0.2");
        Link third = park("third", "127.0.0.3");
        Link other = park("other", "127.0.1.1");
        long start = System.nanoTime();
        first.peer().send("1\n");
        second.peer().send("2\n");
        third.peer().send("3\n");
        other.peer().send("4\n");
        expectAnswer(other, "4");
        assertThat(since(start)).isLessThan(Duration.ofMillis(1_400));
        EventLog.of(client)
                .awaitMessage(
                        "LIMIT_HELD", task, "source_activations_per_second = 2", "used by source", "127.0.0.0/24");
        expectAnswer(first, "1");
        expectAnswer(second, "2");
        expectAnswer(third, "3");
        assertThat(since(start)).isBetween(Duration.ofMillis(990), Duration.ofSeconds(4));
    }

    @Test
    void shouldAcceptNoMoreConnectionsThanItsTaskMayServe() {
        register(TaskLimits.newBuilder().setActivationsPerSecond(5).setActivationBurst(1));
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 64));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.park(listener, task, "listener");
        long start = System.nanoTime();
        List<Wire> connections = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            connections.add(
                    broker.closeLater(new Wire(Sockets.connectTcp(address))).send("line " + i + "\n"));
        }
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, "connections wait in the backlog");
        for (int i = 0; i < connections.size(); i++) {
            assertThat(connections.get(i).readLine()).isEqualTo("got line " + i);
        }
        assertThat(since(start)).isBetween(Duration.ofMillis(1_390), Duration.ofSeconds(6));
    }

    @Test
    void shouldAcceptAtTheRateOfItsTaskWhileHandlersGoOn() {
        client.register(
                task,
                Specs.command("/bin/cat").toBuilder()
                        .setLimits(TaskLimits.newBuilder()
                                .setActivationsPerSecond(5)
                                .setActivationBurst(1))
                        .build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 64));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.park(listener, task, "listener");
        long start = System.nanoTime();
        List<Wire> connections = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            connections.add(
                    broker.closeLater(new Wire(Sockets.connectTcp(address))).send("line " + i + "\n"));
        }
        for (int i = 0; i < connections.size(); i++) {
            assertThat(connections.get(i).readLine()).isEqualTo("line " + i);
        }
        assertThat(since(start)).isBetween(Duration.ofMillis(1_990), Duration.ofSeconds(5));
    }

    @Test
    void shouldGiveATaskItsNewRateAtOnce() {
        register(TaskLimits.newBuilder().setActivationsPerSecond(1).setActivationBurst(1));
        Link first = park("first", "127.0.0.1");
        Link second = park("second", "127.0.0.1");
        first.peer().send("1\n");
        expectAnswer(first, "1");
        register(TaskLimits.newBuilder().setActivationsPerSecond(1_000));
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            second.peer().send(i + "\n");
            expectAnswer(second, Integer.toString(i));
        }
        assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void shouldExplainWhichRateASocketWaitsForAndWhoUsesIt() {
        register(TaskLimits.newBuilder().setSocketActivationsPerSecond(1).setSocketActivationBurst(1));
        Link link = park("s", "127.0.0.1");
        link.peer().send("1\n2\n");
        expectAnswer(link, "1");
        Await.state(client, "s", SocketState.SOCKET_STATE_QUEUED);
        assertThat(client.explain("s")).contains("socket_activations_per_second = 1", "socket ", "/s");
        expectAnswer(link, "2");
    }

    @Test
    void shouldExplainWhichRateATaskWaitsForAndWhoUsesIt() {
        register(TaskLimits.newBuilder().setActivationsPerSecond(1).setActivationBurst(1));
        Link link = park("s", "127.0.0.1");
        link.peer().send("1\n2\n");
        expectAnswer(link, "1");
        Await.state(client, "s", SocketState.SOCKET_STATE_QUEUED);
        assertThat(client.explain("s")).contains("activations_per_second = 1", "task ", task);
        expectAnswer(link, "2");
    }
}
