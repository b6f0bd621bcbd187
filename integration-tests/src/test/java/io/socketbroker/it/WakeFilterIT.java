package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that wake a handler, and bytes that wait: over TCP, which heeds SO_RCVLOWAT, and over unix sockets, which do not. */
final class WakeFilterIT {
    private static final Duration A_MOMENT = Duration.ofMillis(150);
    private static final int MOST_HELD = 65_536;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    private ProtocolClient client;

    @BeforeEach
    void register() {
        client = broker.client();
        client.register("task", broker.puppets().spec(Specs.rearm()));
    }

    private Link park(Kind kind, WakeFilter.Builder filter) {
        Link link = broker.closeLater(kind.open(broker.home()));
        client.park(link.mine(), ProtocolClient.item("task", "s").setOptions(Rules.filter(filter)));
        return link;
    }

    private void expectNoWake() {
        Await.quiet(client, "s", A_MOMENT, 0);
    }

    /** A wake with exactly these bytes unread, on a socket as its owner left it. */
    private Puppet expectWakeWith(byte[] unread) {
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("SOCKET_ACTIVITY");
        assertThat(handler.tell("lowat")).as("SO_RCVLOWAT").isEqualTo("1");
        handler.expectRead(unread);
        return handler;
    }

    private Puppet expectWakeWith(String unread) {
        return expectWakeWith(Rules.bytes(unread));
    }

    private static WakeFilter.Builder frames(int lengthBytes, boolean includesItself) {
        return WakeFilter.newBuilder()
                .setLengthPrefix(
                        LengthPrefix.newBuilder().setLengthBytes(lengthBytes).setIncludesItself(includesItself));
    }

    private static byte[] frame(int lengthBytes, int length, int payloadBytes) {
        byte[] frame = new byte[lengthBytes + payloadBytes];
        Arrays.fill(frame, (byte) 'p');
        for (int i = 0; i < lengthBytes; i++) {
            frame[i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
        }
        return frame;
    }

    /** A filter, bytes that do not wake, and the rest that does. */
    static Stream<Arguments> waits() {
        return Stream.of("TCP_V4", "UNIX_STREAM")
                .map(Kind::valueOf)
                .flatMap(kind -> Stream.of(
                        waits(kind, "min_bytes", WakeFilter.newBuilder().setMinBytes(10), Rules.bytes("123456789"), 9),
                        waits(kind, "prefix", Rules.prefix("GET /"), Rules.bytes("GET "), 1),
                        waits(
                                kind,
                                "prefix after min_bytes",
                                Rules.prefix("GET").setMinBytes(8),
                                Rules.bytes("GET / "),
                                6),
                        waits(kind, "line", Rules.line(), Rules.bytes("half a line"), 1),
                        waits(kind, "length of 1 byte", frames(1, false), frame(1, 200, 200), 200),
                        waits(kind, "length of 2 bytes", frames(2, false), frame(2, 700, 700), 1),
                        waits(kind, "length of 2 bytes with itself", frames(2, true), frame(2, 702, 700), 701),
                        waits(kind, "length of 4 bytes", frames(4, false), frame(4, 65_532, 65_532), 3),
                        waits(kind, "length of 4 bytes with itself", frames(4, true), frame(4, 5_000, 4_996), 4_000)));
    }

    private static Arguments waits(Kind kind, String name, WakeFilter.Builder filter, byte[] bytes, int first) {
        return Arguments.of(kind, name, filter, bytes, first);
    }

    @ParameterizedTest
    @MethodSource("waits")
    void shouldWaitUntilEnoughIsThere(Kind kind, String name, WakeFilter.Builder filter, byte[] bytes, int firstBytes) {
        byte[] last = Rules.bytes(name.startsWith("line") ? "\n" : "/!");
        boolean whole = name.startsWith("length");
        Link link = park(kind, filter);
        link.peer().send(Arrays.copyOf(bytes, firstBytes));
        expectNoWake();
        byte[] rest = Arrays.copyOfRange(bytes, firstBytes, bytes.length);
        link.peer().send(whole ? rest : concat(rest, last));
        Puppet handler = expectWakeWith(whole ? bytes : concat(bytes, last));
        // Given back, and the rule is as good as before.
        handler.exit(0);
        Await.parked(client, "s");
        link.peer().send(Arrays.copyOf(bytes, firstBytes));
        Await.quiet(client, "s", A_MOMENT, 1);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeOnceForSeveralLinesAndLeaveAllOfThem(Kind kind) {
        Link link = park(kind, Rules.line());
        link.peer().send("one\ntwo\nthr");
        Puppet handler = expectWakeWith("one\n");
        handler.exit(0);
        // The second line is there still, and wakes the next one.
        handler = expectWakeWith("two\n");
        handler.exit(0);
        Await.held(client, "s", 3);
        Await.quiet(client, "s", A_MOMENT, 2);
        link.peer().send("ee\n");
        expectWakeWith("three\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeForWhatNeverMatches(Kind kind) {
        Link link = park(kind, Rules.prefix("GET /"));
        link.peer().send("POST");
        expectWakeWith("POST");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldCloseWhatNeverMatches(Kind kind) {
        Link link = park(kind, Rules.prefix("GET /").setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE));
        link.peer().send("GET");
        expectNoWake();
        link.peer().send("ter");
        link.peer().expectGone();
        Await.gone(client, "s");
        EventLog.of(client).await("SOCKET_CLOSED", "s");
        assertThat(client.task("task").getLaunches()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldIgnoreWhatNeverMatchesUntilItIsTooMuch(Kind kind) {
        Link link = park(kind, Rules.prefix("GET /").setOnMismatch(MismatchAction.MISMATCH_ACTION_IGNORE));
        link.peer().send("POST /");
        expectNoWake();
        link.peer().send(" HTTP/1.1");
        expectNoWake();
        byte[] all = Arrays.copyOf(Rules.bytes("POST / HTTP/1.1"), MOST_HELD);
        link.peer().send(Arrays.copyOfRange(all, 15, all.length));
        expectWakeWith(all);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldNotHoldALineThatIsTooLong(Kind kind) {
        Link link = park(kind, Rules.line());
        byte[] endless = new byte[MOST_HELD];
        Arrays.fill(endless, (byte) 'x');
        link.peer().send(Arrays.copyOf(endless, MOST_HELD / 2));
        expectNoWake();
        link.peer().send(Arrays.copyOfRange(endless, MOST_HELD / 2, MOST_HELD));
        expectWakeWith(endless);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldCloseForAFrameThatIsTooLong(Kind kind) {
        Link link = park(kind, frames(4, false).setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE));
        link.peer().send(frame(4, 65_533, 0));
        link.peer().expectGone();
        Await.gone(client, "s");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldWakeForHalfALineWhenThePeerIsDone(Kind kind) {
        Link link = park(kind, Rules.line().setMinBytes(100));
        link.peer().send("half a line");
        expectNoWake();
        link.peer().finish();
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("PEER_CLOSED")).isEqualTo("1");
        assertThat(handler.tell("lowat")).isEqualTo("1");
        handler.expectRead("half a line");
        handler.expectEnd();
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldNotBeBusyWhileHalfALineWaits(Kind kind) {
        Link link = park(kind, Rules.line());
        link.peer().send("half a line");
        Await.held(client, "s", 11);
        long before = Processes.cpuTicks(broker.process().pid());
        Await.time(Duration.ofSeconds(2));
        assertThat(Processes.cpuTicks(broker.process().pid()) - before)
                .as("ticks of 200 that one processor has")
                .isLessThan(15);
        link.peer().send("\n");
        expectWakeWith("half a line\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_V4", "UNIX_STREAM"})
    void shouldGiveASocketBackAsItsOwnerLeftIt(Kind kind) {
        Link link = broker.closeLater(kind.open(broker.home()));
        SocketOptions.setReceiveLowWater(link.mine().fd(), 7);
        client.park(
                link.mine(),
                ProtocolClient.item("task", "s")
                        .setOptions(Rules.filter(WakeFilter.newBuilder().setMinBytes(1_000))));
        link.peer().send("not enough");
        expectNoWake();
        OwnedFd back = broker.closeLater(client.reclaim("s").descriptor());
        assertThat(SocketOptions.receiveLowWater(back.fd())).isEqualTo(7);
        assertThat(Sockets.bytesAvailable(back.fd())).isEqualTo(10);
    }

    @Test
    void shouldWakeForTheKeepAliveWhateverIsHeldBack() {
        Link link = broker.link();
        client.park(
                link.mine(),
                ProtocolClient.item("task", "s")
                        .setOptions(Rules.filter(Rules.line()))
                        .setKeepAlive(KeepAlive.newBuilder().setInterval(Rules.millis(1_000))));
        link.peer().send("half a line");
        Await.held(client, "s", 11);
        Puppet handler = broker.puppets().next();
        assertThat(handler.env("REASON")).isEqualTo("KEEP_ALIVE_TIMER_EXPIRED");
        assertThat(handler.tell("lowat")).isEqualTo("1");
        handler.expectRead("half a line");
    }
}
