package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.AutoAnswer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that the broker answers by itself, and those that it leaves to a handler. */
final class AutoAnswerIT {
    private static final byte[] PING = Rules.bytes("PING :x\r\n");
    private static final byte[] PONG = Rules.bytes("PONG :x\r\n");

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", broker.puppets().spec(Specs.rearm()));
    }

    private Link park(Kind kind, byte[] request, byte[] response) {
        Link link = broker.closeLater(kind.open(broker.home()));
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(Rules.answer(request, response)));
        return link;
    }

    private Link park(Kind kind) {
        return park(kind, PING, PONG);
    }

    /** The next wake finds exactly this, and the peer has got nothing before the handler's own word. */
    private void expectWakeWith(Link link, String unread) {
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        handler.expectRead(unread);
        handler.send("mine");
        assertThat(link.peer().read(4)).isEqualTo("mine");
        assertThat(client.socket("s").getAnswersSent()).isZero();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static Stream<Arguments> protocols() {
        byte[][][] pairs = {
            {PING, PONG},
            // MQTT: PINGREQ and PINGRESP.
            {hex("c000"), hex("d000")},
            // RFC 6455: a ping of a server, and its pong with a mask of zeros.
            {hex("89026869"), hex("8a82000000006869")}
        };
        return Stream.of(Kind.TCP_V4, Kind.UNIX_STREAM, Kind.UDP_CONNECTED)
                .flatMap(kind -> Stream.of(pairs).map(pair -> Arguments.of(kind, pair[0], pair[1])));
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void shouldAnswerAndWakeNobody(Kind kind, byte[] request, byte[] response) {
        Link link = park(kind, request, response);
        for (int round = 0; round < 20; round++) {
            link.peer().send(request);
            assertThat(link.peer().readBytes(response.length)).isEqualTo(response);
        }
        Await.quiet(client, "s", Duration.ZERO, 0);
        assertThat(client.socket("s").getAnswersSent()).isEqualTo(20);
        assertThat(client.task("task").getLaunches()).isZero();
        link.peer().send("something else");
        Puppet handler = broker.puppets().next();
        handler.expectReceived("something else");
        // Its own answers go on after the broker's.
        handler.send("mine");
        assertThat(link.peer().read(4)).isEqualTo("mine");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldAnswerARequestThatComesInPieces(Kind kind) {
        Link link = park(kind);
        for (int size = 1; size < PING.length; size++) {
            link.peer().send(Arrays.copyOf(PING, size));
            Await.held(client, "s", size);
            link.peer().send(Arrays.copyOfRange(PING, size, PING.length));
            assertThat(link.peer().readBytes(PONG.length)).isEqualTo(PONG);
        }
        Await.quiet(client, "s", Duration.ZERO, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldHaveTheSamePatienceWithEachRequestInPieces(Kind kind) {
        Link link = park(kind);
        link.peer().send("PING");
        Await.held(client, "s", 4);
        link.peer().send(" :x\r\n");
        assertThat(link.peer().readBytes(PONG.length)).isEqualTo(PONG);
        // The second request has begun when a second has passed since the first one began.
        Await.time(Duration.ofMillis(700));
        link.peer().send("PING");
        Await.quiet(client, "s", Duration.ofMillis(600), 0);
        link.peer().send(" :x\r\n");
        assertThat(link.peer().readBytes(PONG.length)).isEqualTo(PONG);
        Await.quiet(client, "s", Duration.ZERO, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeWithEveryByteWhenMoreFollows(Kind kind) {
        Link link = park(kind);
        link.peer().send("PING :x\r\nPRIVMSG :hello\r\n");
        expectWakeWith(link, "PING :x\r\nPRIVMSG :hello\r\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeWithEveryByteForAnotherRequest(Kind kind) {
        Link link = park(kind);
        link.peer().send("PING :y\r\n");
        expectWakeWith(link, "PING :y\r\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeForTheStartOfARequestThatDoesNotGoOn(Kind kind) {
        Link link = park(kind);
        link.peer().send("PING");
        Await.held(client, "s", 4);
        expectWakeWith(link, "PING");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldLeaveTheLastRequestOfAStreamToAHandler(Kind kind) {
        Link link = park(kind);
        link.peer().send("PI");
        Await.held(client, "s", 2);
        link.peer().send("NG");
        link.peer().finish();
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("PEER_CLOSED")).isEqualTo("1");
        handler.expectRead("PING");
        handler.expectEnd();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeInsteadOfTearingAnAnswer(Kind kind) {
        Link link = broker.closeLater(kind.open(broker.home()));
        byte[] unread = link.fill();
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(Rules.answer(PING, PONG)));
        link.peer().send(PING);
        Puppet handler = broker.puppets().next();
        handler.expectRead(PING);
        assertThat(link.peer().readBytes(unread.length)).isEqualTo(unread);
        handler.send("mine");
        assertThat(link.peer().read(4)).isEqualTo("mine");
        assertThat(client.socket("s").getAnswersSent()).isZero();
    }

    @Test
    void shouldKnowSeveralRequestsOfOneSocket() {
        Link link = broker.link();
        var options = Rules.answer(PING, PONG).toBuilder();
        for (int i = 1; i < 16; i++) {
            options.addAutoAnswers(AutoAnswer.newBuilder()
                    .setRequest(ByteString.copyFromUtf8("request " + (char) ('a' + i) + "!"))
                    .setResponse(ByteString.copyFromUtf8("response " + (char) ('a' + i))));
        }
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(options));
        for (int i = 15; i >= 1; i--) {
            link.peer().send("request " + (char) ('a' + i) + "!");
            assertThat(link.peer().read(10)).isEqualTo("response " + (char) ('a' + i));
        }
        link.peer().send(PING);
        assertThat(link.peer().readBytes(PONG.length)).isEqualTo(PONG);
        Await.quiet(client, "s", Duration.ZERO, 0);
    }

    @Test
    void shouldCarryTheLargestRequestAndResponse() {
        byte[] request = new byte[2_048];
        byte[] response = new byte[2_048];
        Arrays.fill(request, (byte) 0xaa);
        Arrays.fill(response, (byte) 0x55);
        Link link = park(Kind.TCP_V4, request, response);
        for (int round = 0; round < 5; round++) {
            link.peer().send(request);
            assertThat(link.peer().readBytes(response.length)).isEqualTo(response);
        }
        Await.quiet(client, "s", Duration.ZERO, 0);
    }
}
