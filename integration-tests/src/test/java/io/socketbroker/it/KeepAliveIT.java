package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes that the broker sends and replies that it takes while nobody is woken. */
final class KeepAliveIT {
    private static final byte[] PROBE = Rules.bytes("PING :broker\r\n");
    private static final byte[] REPLY = Rules.bytes("PONG :broker\r\n");

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", broker.puppets().spec(Specs.rearm()));
    }

    private Link park(Kind kind, KeepAlive.Builder keepAlive) {
        Link link = broker.closeLater(kind.open(broker.home()));
        park(link.mine(), "s", keepAlive);
        return link;
    }

    private Socket park(OwnedFd socket, String id, KeepAlive.Builder keepAlive) {
        return client.park(socket, ProtocolClient.item("task", id).setKeepAlive(keepAlive));
    }

    private static void expectProbe(Link link) {
        assertThat(link.peer().readBytes(PROBE.length)).isEqualTo(PROBE);
    }

    private void awaitReplies(long count) {
        Awaitility.await("replies consumed")
                .untilAsserted(() ->
                        assertThat(client.socket("s").getRepliesConsumed()).isEqualTo(count));
    }

    /** What is parked has nothing unread, and the stream goes on where the broker left it. */
    private void expectNothingUnread(Link link) {
        Await.quiet(client, "s", Duration.ZERO, 0);
        OwnedFd back = broker.closeLater(client.reclaim("s").descriptor());
        assertThat(Sockets.bytesAvailable(back.fd())).isZero();
        link.peer().send("what follows");
        DescriptorFlags.setNonBlocking(back.fd(), false);
        byte[] buffer = new byte[64];
        assertThat(Arrays.copyOf(buffer, Sockets.receive(back.fd(), buffer))).isEqualTo(Rules.bytes("what follows"));
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM", "UDP_CONNECTED"})
    void shouldSendItsProbeAtEveryInterval(Kind kind) {
        long start = System.nanoTime();
        Link link = park(kind, Rules.probe(PROBE));
        for (int round = 1; round <= 3; round++) {
            expectProbe(link);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .as("milliseconds until probe %d", round)
                    .isBetween(round * 1_000L, round * 1_000L + 2_000);
        }
        assertThat(client.socket("s").getProbesSent()).isBetween(3L, 4L);
        Await.quiet(client, "s", Duration.ZERO, 0);
        assertThat(client.task("task").getLaunches()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM", "UDP_CONNECTED"})
    void shouldConsumeExactlyTheReplyAndWakeNobody(Kind kind) {
        byte[] other = {(byte) 0xd0, 0};
        Link link = park(kind, Rules.probe(PROBE, REPLY, other));
        for (int round = 1; round <= 3; round++) {
            expectProbe(link);
            link.peer().send(round == 2 ? other : REPLY);
            awaitReplies(round);
        }
        assertThat(client.socket("s").getProbesSent()).isBetween(3L, 4L);
        expectNothingUnread(link);
        assertThat(client.task("task").getLaunches()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldConsumeAReplyThatComesInPieces(Kind kind) {
        Link link = park(kind, Rules.probe(PROBE, REPLY));
        expectProbe(link);
        link.peer().send(Arrays.copyOf(REPLY, 5));
        Await.held(client, "s", 5);
        link.peer().send(Arrays.copyOfRange(REPLY, 5, REPLY.length));
        awaitReplies(1);
        expectNothingUnread(link);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeWithEveryByteWhenDataFollowsTheReply(Kind kind) {
        Link link = park(kind, Rules.probe(PROBE, REPLY));
        expectProbe(link);
        link.peer().send("PONG :broker\r\nPRIVMSG :hello\r\n");
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        handler.expectRead("PONG :broker\r\nPRIVMSG :hello\r\n");
        assertThat(client.socket("s").getRepliesConsumed()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM", "UDP_CONNECTED"})
    void shouldWakeWhenTheReplyIsMissingAndLeaveALateOneUnread(Kind kind) {
        Link link = park(kind, Rules.probe(PROBE, REPLY).setReplyTimeout(Rules.millis(200)));
        expectProbe(link);
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("KEEP_ALIVE_TIMER_EXPIRED");
        link.peer().send(REPLY);
        handler.expectRead(REPLY);
        assertThat(client.socket("s").getRepliesConsumed()).isZero();
        handler.exit(0);
        // Given back: the next interval begins.
        expectProbe(link);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldLeaveHalfAReplyUnreadWhenItsTimeIsOver(Kind kind) {
        Link link = park(kind, Rules.probe(PROBE, REPLY).setReplyTimeout(Rules.millis(200)));
        expectProbe(link);
        link.peer().send(Arrays.copyOf(REPLY, 6));
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("KEEP_ALIVE_TIMER_EXPIRED");
        link.peer().send(Arrays.copyOfRange(REPLY, 6, REPLY.length));
        handler.expectRead(REPLY);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeInsteadOfTearingAProbe(Kind kind) {
        Link link = broker.closeLater(kind.open(broker.home()));
        byte[] unread = link.fill();
        park(link.mine(), "s", Rules.probe(PROBE));
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("KEEP_ALIVE_TIMER_EXPIRED");
        assertThat(client.socket("s").getProbesSent()).isZero();
        assertThat(link.peer().readBytes(unread.length)).isEqualTo(unread);
        handler.send("whole");
        assertThat(link.peer().read(5)).isEqualTo("whole");
    }

    @Test
    void shouldLearnAnIntervalForAllSocketsToOneDestination() {
        KeepAlive.Builder adaptive = Rules.probe(PROBE, REPLY).setReplyTimeout(Rules.millis(300));
        adaptive.setAdaptive(true).setMaxInterval(Rules.millis(2_000));
        OwnedFd destination = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 8));
        Wire peer = parkConnectionTo(destination, "s", adaptive);
        assertThat(client.socket("s").getEffectiveInterval()).isEqualTo(Rules.millis(1_000));
        for (int round = 1; round <= 3; round++) {
            assertThat(peer.readBytes(PROBE.length)).isEqualTo(PROBE);
            peer.send(REPLY);
            awaitReplies(round);
        }
        // Twice in a row it held: half as long again.
        assertThat(client.socket("s").getEffectiveInterval()).isEqualTo(Rules.millis(1_500));
        parkConnectionTo(destination, "same", adaptive);
        assertThat(client.socket("same").getEffectiveInterval()).isEqualTo(Rules.millis(1_500));
        OwnedFd elsewhere = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 8));
        parkConnectionTo(elsewhere, "other", adaptive);
        assertThat(client.socket("other").getEffectiveInterval()).isEqualTo(Rules.millis(1_000));
        client.reclaim("same", "other").descriptors().forEach(OwnedFd::close);

        // A peer that does not answer any more is lost: the interval is short again.
        assertThat(peer.readBytes(PROBE.length)).isEqualTo(PROBE);
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("KEEP_ALIVE_TIMER_EXPIRED");
        handler.exit(0);
        Await.parked(client, "s");
        assertThat(client.socket("s").getEffectiveInterval()).isEqualTo(Rules.millis(1_000));
    }

    private Wire parkConnectionTo(OwnedFd listener, String id, KeepAlive.Builder keepAlive) {
        Link link = Link.tcp(listener);
        Wire peer = broker.closeLater(link.peer());
        park(link.mine(), id, keepAlive);
        return peer;
    }
}
