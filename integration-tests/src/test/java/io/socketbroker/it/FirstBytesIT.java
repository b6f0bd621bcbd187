package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that have to say something before anybody is woken for them. */
final class FirstBytesIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", broker.puppets().spec(Specs.rearm()));
    }

    private InetSocketAddress listen(SocketOptions.Builder options) {
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 64));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.park(listener, ProtocolClient.item("task", "listener").setOptions(options));
        return address;
    }

    private static SocketOptions.Builder within(long millis) {
        return SocketOptions.newBuilder().setFirstBytesTimeout(Rules.millis(millis));
    }

    private static SocketOptions.Builder within(long millis, WakeFilter.Builder filter) {
        return within(millis).setWakeFilter(filter);
    }

    private Wire connect(InetSocketAddress address) {
        return broker.closeLater(new Wire(Sockets.connectTcp(address)));
    }

    private void expectNobodyWoken() {
        assertThat(client.task("task").getLaunches()).isZero();
        assertThat(client.socketIds()).containsExactly("listener");
    }

    private void awaitAccepted(int connections) {
        Awaitility.await("accepted connections")
                .untilAsserted(() -> assertThat(client.socketIds()).hasSize(connections + 1));
    }

    @Test
    void shouldCloseASilentConnectionAndWakeNobody() {
        var address = listen(within(300));
        long start = System.nanoTime();
        Wire silent = connect(address);
        silent.expectEnd();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
        expectNobodyWoken();
        EventLog.of(client).await("CONNECTION_REFUSED", "listener:1");
    }

    @Test
    void shouldNotNoticeAPortScan() {
        var address = listen(within(60_000));
        for (int i = 0; i < 50; i++) {
            Wire scan = new Wire(Sockets.connectTcp(address));
            if (i % 2 == 0) {
                scan.close();
            } else {
                scan.reset();
            }
        }
        Wire last = connect(address);
        last.send("hello");
        broker.puppets().next().expectReceived("hello");
        // In the order of the backlog: all of the scan was dealt with before.
        Awaitility.await().untilAsserted(() -> assertThat(client.socketIds()).hasSize(2));
        assertThat(client.task("task").getLaunches()).isEqualTo(1);
    }

    @Test
    void shouldWakeOnceAConnectionSpeaksAndLeaveItsBytesUnread() {
        var address = listen(within(60_000));
        Wire first = connect(address);
        Wire second = connect(address);
        awaitAccepted(2);
        assertThat(client.explain("listener:1")).contains("has not sent");
        second.send("the second speaks first");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("CONNECTION_ACCEPTED");
        assertThat(handler.env("SOCKET_ID")).isEqualTo("listener:2");
        handler.expectRead("the second speaks first");
        handler.exit(0);
        // From here on it is a connection like any other: it waits as long as it likes.
        Await.parked(client, "listener:2");
        second.send("again");
        handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        handler.expectRead("again");
        first.send("at last");
        handler = broker.puppets().next();
        assertThat(handler.env("SOCKET_ID")).isEqualTo("listener:1");
        handler.expectRead("at last");
    }

    @Test
    void shouldNotCloseAConnectionThatHasSpokenWhenTheTimeIsOver() {
        var address = listen(within(300));
        Wire connection = connect(address);
        connection.send("hello");
        Puppet handler = broker.puppets().next();
        handler.expectRead("hello");
        handler.exit(0);
        Await.parked(client, "listener:1");
        Await.quiet(client, "listener:1", Duration.ofMillis(600), 1);
        connection.send("still there");
        broker.puppets().next().expectRead("still there");
    }

    @Test
    void shouldWaitForTheBytesOfTheFilter() {
        var address = listen(within(60_000, Rules.line().setMinBytes(8)));
        Wire connection = connect(address);
        connection.send("GET / HTTP/1.1");
        awaitAccepted(1);
        Await.quiet(client, "listener:1", Duration.ofMillis(200), 0);
        connection.send("\r\n");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("CONNECTION_ACCEPTED");
        assertThat(handler.tell("lowat")).isEqualTo("1");
        handler.expectRead("GET / HTTP/1.1\r\n");
    }

    @Test
    void shouldCloseHalfALineWhenTheTimeIsOver() {
        var address = listen(within(500, Rules.line()));
        Wire slow = connect(address);
        slow.send("GET / HT");
        slow.expectGone();
        expectNobodyWoken();
    }

    @Test
    void shouldCloseWhatEndsBeforeItPassesTheFilter() {
        var address = listen(within(60_000, Rules.prefix("GET /")));
        Wire connection = connect(address);
        connection.send("GET");
        awaitAccepted(1);
        Await.quiet(client, "listener:1", Duration.ofMillis(200), 0);
        connection.finish();
        connection.expectGone();
        expectNobodyWoken();
    }

    @Test
    void shouldCloseWhatSpeaksAnotherProtocol() {
        var address = listen(within(60_000, Rules.prefix("GET /").setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE)));
        Wire other = connect(address);
        other.send("SSH-2.0-scanner\r\n");
        other.expectGone();
        expectNobodyWoken();
        Wire right = connect(address);
        right.send("GET / HTTP/1.1\r\n");
        broker.puppets().next().expectRead("GET / HTTP/1.1\r\n");
    }

    @Test
    void shouldAnswerANewConnectionByItself() {
        SocketOptions answers = Rules.answer(Rules.bytes("HEALTH\n"), Rules.bytes("OK\n"));
        var address = listen(within(60_000).addAllAutoAnswers(answers.getAutoAnswersList()));
        Wire connection = connect(address);
        assertThat(connection.send("HEALTH\n").readLine()).isEqualTo("OK");
        assertThat(connection.send("HEALTH\n").readLine()).isEqualTo("OK");
        assertThat(client.task("task").getLaunches()).isZero();
        connection.send("something else");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("CONNECTION_ACCEPTED");
        handler.expectRead("something else");
    }

    @Test
    void shouldServeThoseWhoSpeakBesideManyThatDoNot() {
        var address = listen(within(60_000));
        List<Wire> silent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            silent.add(connect(address));
        }
        Wire connection = connect(address);
        connection.send("hello");
        broker.puppets().next().expectRead("hello");
        awaitAccepted(501);
        assertThat(client.task("task").getLaunches()).isEqualTo(1);
        silent.forEach(Wire::close);
        awaitAccepted(1);
    }
}
