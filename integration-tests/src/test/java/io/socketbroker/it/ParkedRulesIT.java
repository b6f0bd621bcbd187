package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.UpdateSocketRequest;
import io.socketbroker.v1.WakeFilter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sources of datagrams, expiry, and rules that change while a socket is parked. */
final class ParkedRulesIT {
    private static final Duration A_MOMENT = Duration.ofMillis(200);

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", broker.puppets().spec(Specs.rearm()));
    }

    private Link park(Kind kind, SocketOptions options) {
        Link link = broker.closeLater(kind.open(broker.home()));
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(options));
        return link;
    }

    private void update(UpdateSocketRequest.Builder change) {
        client.sockets().updateSocket(change.setKey(ProtocolClient.key("s")).build());
    }

    private static UpdateSocketRequest.Builder to(SocketOptions options) {
        return UpdateSocketRequest.newBuilder().setOptions(options);
    }

    /** A datagram socket with an address of the loopback network, connected to where the broker's is bound. */
    private static Wire sender(String source, InetSocketAddress destination) {
        Wire sender = broker.closeLater(new Wire(Sockets.bindUdp(Link.loopback(source))));
        Sockets.connect(sender.fd(), Endpoint.of(destination));
        return sender;
    }

    private void awaitDiscarded(long count) {
        Awaitility.await("datagrams discarded")
                .untilAsserted(() ->
                        assertThat(client.socket("s").getDatagramsDiscarded()).isEqualTo(count));
    }

    @Test
    void shouldDiscardDatagramsOfOtherSources() {
        OwnedFd bound = Sockets.bindUdp(Link.loopback("127.0.0.1"));
        InetSocketAddress address = Link.addressOf(bound.fd());
        client.park(
                bound,
                ProtocolClient.item("task", "s")
                        .setOptions(Rules.filter(WakeFilter.newBuilder()
                                .addSourcePrefixes("192.0.2.0/24")
                                .addSourcePrefixes("127.0.0.2/32"))));
        Wire stranger = sender("127.0.0.1", address);
        Wire friend = sender("127.0.0.2", address);
        stranger.send("one");
        // Even an empty one.
        assertThat(Sockets.send(stranger.fd(), new byte[0], 0, 0)).isZero();
        stranger.send("three");
        awaitDiscarded(3);
        Await.quiet(client, "s", A_MOMENT, 0);
        friend.send("hello");
        Puppet handler = broker.puppets().next();
        handler.expectReceived("hello");
        handler.exit(0);
        Await.parked(client, "s");
        // Behind those of a stranger, too.
        stranger.send("four");
        friend.send("again");
        broker.puppets().next().expectReceived("again");
        assertThat(client.socket("s").getDatagramsDiscarded()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM", "UDP_CONNECTED"})
    void shouldCloseWhatWasParkedTooLong(Kind kind) {
        long start = System.nanoTime();
        Link link = park(
                kind,
                SocketOptions.newBuilder().setExpiresAfter(Rules.millis(1_000)).build());
        Await.gone(client, "s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
        if (kind != Kind.UDP_CONNECTED) {
            link.peer().expectEnd();
        }
        EventLog.of(client).await("SOCKET_CLOSED", "s");
        assertThat(client.task("task").getLaunches()).isZero();
    }

    @Test
    void shouldExpireAfterTheLastParkingAndNotDuringALease() {
        Link link = park(
                Kind.TCP_V4,
                SocketOptions.newBuilder().setExpiresAfter(Rules.millis(1_000)).build());
        link.peer().send("work");
        Puppet handler = broker.puppets().next();
        handler.expectReceived("work");
        Await.time(Duration.ofMillis(1_300));
        handler.send("done");
        assertThat(link.peer().read(4)).isEqualTo("done");
        long start = System.nanoTime();
        handler.exit(0);
        link.peer().expectEnd();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(client.task("task").getLaunches()).isEqualTo(1);
    }

    @Test
    void shouldExpireInSpiteOfWhatTheBrokerAnswersByItself() {
        SocketOptions options = Rules.answer(Rules.bytes("PING\n"), Rules.bytes("PONG\n")).toBuilder()
                .setExpiresAfter(Rules.millis(1_000))
                .build();
        Link link = park(Kind.TCP_V4, options);
        Await.time(Duration.ofMillis(600));
        assertThat(link.peer().send("PING\n").readLine()).isEqualTo("PONG");
        long answered = System.nanoTime();
        link.peer().expectEnd();
        // Nobody was woken since it was parked.
        assertThat(Duration.ofNanos(System.nanoTime() - answered)).isLessThan(Duration.ofMillis(900));
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldHeedAFilterThatComesAndGoesWhileParked(Kind kind) {
        Link link = park(kind, SocketOptions.getDefaultInstance());
        update(to(Rules.filter(Rules.line())));
        link.peer().send("half");
        Await.held(client, "s", 4);
        update(to(Rules.filter(WakeFilter.newBuilder().setMinBytes(6))));
        Await.quiet(client, "s", A_MOMENT, 0);
        update(to(Rules.filter(Rules.prefix("ha ha"))));
        // What it held back never matches now.
        Puppet handler = broker.puppets().next();
        assertThat(handler.tell("lowat")).isEqualTo("1");
        handler.expectRead("half");
        handler.exit(0);
        Await.parked(client, "s");
        link.peer().send("ha");
        Await.held(client, "s", 2);
        update(to(SocketOptions.getDefaultInstance()));
        handler = broker.puppets().next();
        assertThat(handler.tell("lowat")).isEqualTo("1");
        handler.expectRead("ha");
    }

    @Test
    void shouldBeginAndEndProbesWhileParked() {
        Link link = park(Kind.TCP_V4, SocketOptions.getDefaultInstance());
        KeepAlive probes =
                Rules.probe(Rules.bytes("PING\n"), Rules.bytes("PONG\n")).build();
        update(UpdateSocketRequest.newBuilder().setKeepAlive(probes));
        assertThat(link.peer().readLine()).isEqualTo("PING");
        link.peer().send("PONG\n");
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(client.socket("s").getRepliesConsumed()).isEqualTo(1));
        update(UpdateSocketRequest.newBuilder()
                .setKeepAlive(KeepAlive.newBuilder().setInterval(Rules.millis(0))));
        Await.quiet(client, "s", Duration.ofMillis(1_300), 0);
        assertThat(client.socket("s").getProbesSent()).isEqualTo(1);
        // Without a probe that it could answer, this is data.
        link.peer().send("PONG\n");
        broker.puppets().next().expectRead("PONG\n");
    }

    @Test
    void shouldBeginAndEndAnswersAndExpiryWhileParked() {
        Link link = park(
                Kind.TCP_V4,
                SocketOptions.newBuilder().setExpiresAfter(Rules.millis(1_000)).build());
        update(to(Rules.answer(Rules.bytes("A\n"), Rules.bytes("B\n"))));
        assertThat(link.peer().send("A\n").readLine()).isEqualTo("B");
        Await.quiet(client, "s", Duration.ofMillis(1_300), 0);
        update(to(SocketOptions.getDefaultInstance()));
        link.peer().send("A\n");
        broker.puppets().next().expectRead("A\n");
    }

    @Test
    void shouldChangeTheRulesOfALeasedSocketForItsNextParking() {
        Link link = park(Kind.TCP_V4, SocketOptions.getDefaultInstance());
        link.peer().send("first");
        Puppet handler = broker.puppets().next();
        handler.expectRead("first");
        update(to(Rules.filter(Rules.line())));
        link.peer().send("half");
        handler.exit(0);
        Await.held(client, "s", 4);
        Await.quiet(client, "s", A_MOMENT, 1);
        link.peer().send(" a line\n");
        broker.puppets().next().expectRead("half a line\n");
    }
}
