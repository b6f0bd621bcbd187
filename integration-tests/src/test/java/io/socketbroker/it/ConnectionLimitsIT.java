package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskLimits;
import io.socketbroker.v1.TaskLimits.OverLimit;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many connections of a listener there may be, in all and from one source: held, or refused, and told of. */
final class ConnectionLimitsIT {
    private static final String ONE = "127.0.0.1";
    private static final String OTHER = "127.0.1.1";

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;
    private String task;

    /** Events stay: each test has a task of its own. */
    @BeforeEach
    void nameTask(TestInfo test) {
        client = broker.client();
        task = test.getTestMethod().orElseThrow().getName()
                + test.getDisplayName().hashCode();
    }

    private InetSocketAddress listen(TaskLimits.Builder limits, ExitAction action) {
        client.register(
                task,
                broker.puppets().spec(Specs.always(action)).toBuilder()
                        .setLimits(limits)
                        .build());
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("0.0.0.0"), 64));
        InetSocketAddress bound = Link.addressOf(listener.fd());
        client.park(listener, task, "listener");
        return new InetSocketAddress(Link.loopback(ONE).getAddress(), bound.getPort());
    }

    /** Says who it is, at once. */
    private static Wire connect(String source, InetSocketAddress address, String name) {
        return broker.closeLater(Wire.connectFrom(source, address)).send(name);
    }

    private static TaskLimits.Builder atMost(int connections, OverLimit overLimit) {
        return TaskLimits.newBuilder().setMaxConnections(connections).setOverLimit(overLimit);
    }

    private static TaskLimits.Builder atMostPerSource(int connections, OverLimit overLimit) {
        return TaskLimits.newBuilder().setMaxConnectionsPerSource(connections).setOverLimit(overLimit);
    }

    /** Handlers by what their connections said. */
    private record Served(Map<String, Puppet> byName) {
        Puppet of(String name) {
            return Objects.requireNonNull(byName.get(name), name);
        }
    }

    /** The next handlers, for exactly these connections, in whatever order they report. */
    private static Served served(String... names) {
        Map<String, Puppet> byName = new TreeMap<>();
        for (int i = 0; i < names.length; i++) {
            Puppet handler = broker.puppets().next();
            String answer = handler.tell("recv");
            assertThat(answer).startsWith("data ");
            byName.put(new String(HexFormat.of().parseHex(answer.substring(5)), StandardCharsets.US_ASCII), handler);
        }
        assertThat(byName).containsOnlyKeys(names);
        return new Served(byName);
    }

    private void expectLaunches(long count) {
        Awaitility.await("launches stay")
                .during(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(client.task(task).getLaunches()).isEqualTo(count));
    }

    @ParameterizedTest
    @EnumSource(names = {"EXIT_ACTION_CLOSE", "EXIT_ACTION_REARM"})
    void shouldHoldWhatIsOverMaxConnectionsInTheBacklog(ExitAction action) {
        var address = listen(atMost(2, OverLimit.OVER_LIMIT_HOLD), action);
        List<Wire> connections = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            connections.add(connect(ONE, address, "connection " + i));
        }
        var first = served("connection 0", "connection 1");
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, "max_connections = 2", "used by", ONE);
        assertThat(client.explain("listener")).contains("max_connections = 2", "used by", ONE);
        expectLaunches(2);
        end(connections.get(0), first.of("connection 0"), action);
        var second = served("connection 2");
        end(connections.get(1), first.of("connection 1"), action);
        served("connection 3");
        end(connections.get(2), second.of("connection 2"), action);
        served("connection 4");
    }

    /** The end of a connection for the broker: with its handler, or, if that gives it back, with its peer. */
    private static void end(Wire connection, Puppet handler, ExitAction action) {
        handler.exit(0);
        if (action == ExitAction.EXIT_ACTION_REARM) {
            connection.finish();
            // It is told to a handler, and then it is over.
            Puppet last = broker.puppets().next();
            assertThat(last.env("REASON")).isEqualTo("SOCKET_CLOSED");
            last.exit(0);
        }
        connection.expectGone();
    }

    @Test
    void shouldRefuseWhatIsOverMaxConnections() {
        var address = listen(atMost(2, OverLimit.OVER_LIMIT_REFUSE), ExitAction.EXIT_ACTION_CLOSE);
        connect(ONE, address, "first");
        connect(OTHER, address, "second");
        var handlers = served("first", "second");
        for (int i = 0; i < 5; i++) {
            connect(ONE, address, "too many").expectGone();
        }
        EventLog.of(client).awaitMessage("CONNECTION_REFUSED", task, "max_connections = 2", "used by task", task);
        EventLog.of(client).awaitMessage("CONNECTION_REFUSED", task, "4 more", "max_connections = 2");
        expectLaunches(2);
        handlers.of("first").exit(0);
        awaitRoom(address);
        served("with room");
    }

    /** The end of a handler is seen soon after it, and nothing tells when: until then connections are refused. */
    private void awaitRoom(InetSocketAddress address) {
        Awaitility.await("room").until(() -> {
            connect(ONE, address, "with room");
            return client.task(task).getLaunches() > 2;
        });
    }

    @Test
    void shouldHoldWhatIsOverMaxConnectionsOfItsSource() {
        var address = listen(atMostPerSource(2, OverLimit.OVER_LIMIT_HOLD), ExitAction.EXIT_ACTION_CLOSE);
        List<Wire> connections = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            connections.add(connect(ONE, address, "connection " + i));
        }
        var first = served("connection 1", "connection 2");
        // As many as the limit wait with the broker; a backlog that stood still would stand for other sources, too.
        connect(ONE, address, "one too many").expectGone();
        EventLog.of(client)
                .awaitMessage("CONNECTION_REFUSED", task, "max_connections_per_source = 2", "used by source " + ONE);
        Await.state(client, "listener:3", SocketState.SOCKET_STATE_QUEUED);
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, "max_connections_per_source = 2");
        assertThat(client.explain("listener:3")).contains("max_connections_per_source = 2");
        expectLaunches(2);
        connect(OTHER, address, "other source");
        served("other source");
        first.of("connection 2").exit(0);
        connections.get(1).expectEnd();
        served("connection 3");
        first.of("connection 1").exit(0);
        served("connection 4");
    }

    @Test
    void shouldForgetThoseWhoWaitAndGo() {
        var address = listen(atMostPerSource(1, OverLimit.OVER_LIMIT_HOLD), ExitAction.EXIT_ACTION_CLOSE);
        connect(ONE, address, "first");
        var first = served("first");
        Wire waiting = connect(ONE, address, "waits");
        Await.state(client, "listener:2", SocketState.SOCKET_STATE_QUEUED);
        waiting.close();
        first.of("first").exit(0);
        // Its bytes were there before its end: they are served, and the end with them.
        Puppet handler = broker.puppets().next();
        handler.expectReceived("waits");
        handler.expectEnd();
        handler.exit(0);
        awaitNoConnections();
        connect(ONE, address, "next");
        served("next");
    }

    private void awaitNoConnections() {
        Awaitility.await().untilAsserted(() -> {
            assertThat(client.socketIds()).containsExactly("listener");
            assertThat(client.task(task).getRunning()).isZero();
        });
    }

    @Test
    void shouldCountAConnectionUntilItIsReclaimedOrClosed() {
        var address = listen(atMostPerSource(1, OverLimit.OVER_LIMIT_HOLD), ExitAction.EXIT_ACTION_REARM);
        connect(ONE, address, "first");
        served("first").of("first").exit(0);
        Await.parked(client, "listener:1");
        connect(ONE, address, "second");
        Await.state(client, "listener:2", SocketState.SOCKET_STATE_QUEUED);
        client.reclaim("listener:1").descriptor().close();
        Puppet second = served("second").of("second");
        connect(ONE, address, "third");
        Await.state(client, "listener:3", SocketState.SOCKET_STATE_QUEUED);
        second.exit(0);
        Await.parked(client, "listener:2");
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key("listener:2"))
                        .build());
        served("third");
    }

    @Test
    void shouldRefuseWhatIsOverMaxConnectionsOfItsSource() {
        var address = listen(atMostPerSource(2, OverLimit.OVER_LIMIT_REFUSE), ExitAction.EXIT_ACTION_CLOSE);
        connect(ONE, address, "first");
        connect(ONE, address, "second");
        served("first", "second");
        connect(ONE, address, "too many").expectGone();
        connect(OTHER, address, "other source");
        served("other source");
        EventLog.of(client)
                .awaitMessage("CONNECTION_REFUSED", task, "max_connections_per_source = 2", "used by source " + ONE);
        expectLaunches(3);
    }

    @Test
    void shouldTellWhoUsesWhatAConnectionWaitsFor() {
        var address = listen(atMostPerSource(1, OverLimit.OVER_LIMIT_HOLD), ExitAction.EXIT_ACTION_CLOSE);
        connect(ONE, address, "first");
        served("first");
        connect(ONE, address, "second");
        EventLog.of(client).awaitMessage("LIMIT_HELD", task, "max_connections_per_source = 1", "used by source " + ONE);
        assertThat(client.explain("listener:2")).contains("max_connections_per_source = 1", "source " + ONE);
    }
}
