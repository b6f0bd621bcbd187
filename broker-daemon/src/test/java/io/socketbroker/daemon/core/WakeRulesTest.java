package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WakeRulesTest {
    private static final KeepAlive NONE = KeepAlive.getDefaultInstance();
    private static final Verdict WAKE = new Verdict.Wake();

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(text.replace("|", "\n"), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static Verdict judge(WakeFilter.Builder filter, String unread, boolean peerClosed) {
        SocketOptions options = SocketOptions.newBuilder().setWakeFilter(filter).build();
        ByteString head = bytes(unread);
        int peeked = Math.min(head.size(), WakeRules.peekBytes(options, NONE));
        return WakeRules.judge(
                SocketKind.SOCKET_KIND_STREAM,
                options,
                NONE,
                new Readiness.Data(head.size(), peerClosed, head.substring(0, peeked), Optional.empty()));
    }

    @Test
    void shouldWaitForTheLeastBytesUnlessTheEndHasCome() {
        WakeFilter.Builder filter = WakeFilter.newBuilder().setMinBytes(4);
        assertThat(judge(filter, "abc", false)).isEqualTo(new Verdict.Await(4, false));
        assertThat(judge(filter, "abcd", false)).isEqualTo(WAKE);
        assertThat(judge(filter, "abc", true)).isEqualTo(WAKE);
    }

    @ParameterizedTest
    @CsvSource({
        "h, WAKE, Await",
        "hello, WAKE, Wake",
        "hello more, WAKE, Wake",
        "help, WAKE, Wake",
        "help, CLOSE, Close",
        "x, CLOSE, Close",
        "x, IGNORE, Await",
        "hel, CLOSE, Await"
    })
    void shouldJudgeAPrefix(String unread, String action, String verdict) {
        WakeFilter.Builder filter = WakeFilter.newBuilder()
                .setPrefix(bytes("hello"))
                .setOnMismatch(MismatchAction.valueOf("MISMATCH_ACTION_" + action));
        assertThat(judge(filter, unread, false).getClass().getSimpleName()).isEqualTo(verdict);
    }

    @Test
    void shouldCloseAWrongPrefixThatTheEndFollows() {
        WakeFilter.Builder filter =
                WakeFilter.newBuilder().setPrefix(bytes("hello")).setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE);
        assertThat(judge(filter, "GET / HTTP/1.0", true)).isInstanceOf(Verdict.Close.class);
        assertThat(judge(filter, "hel", true)).isEqualTo(WAKE);
    }

    @Test
    void shouldWaitForAWholeLine() {
        WakeFilter.Builder filter = WakeFilter.newBuilder().setCompleteLine(true);
        assertThat(judge(filter, "no end", false)).isEqualTo(new Verdict.Await(7, false));
        assertThat(judge(filter, "an end|and more", false)).isEqualTo(WAKE);
        assertThat(judge(filter, "x".repeat(WakeRules.MOST_HELD_BYTES), false)).isEqualTo(WAKE);
        filter.setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE);
        assertThat(judge(filter, "x".repeat(WakeRules.MOST_HELD_BYTES), false)).isInstanceOf(Verdict.Close.class);
        assertThat(judge(filter, "x".repeat(WakeRules.MOST_HELD_BYTES - 1), false))
                .isEqualTo(new Verdict.Await(WakeRules.MOST_HELD_BYTES, false));
    }

    @Test
    void shouldWaitForAWholeFrame() {
        WakeFilter.Builder filter = WakeFilter.newBuilder()
                .setLengthPrefix(LengthPrefix.newBuilder().setLengthBytes(2));
        assertThat(judge(filter, "\0", false)).isEqualTo(new Verdict.Await(2, false));
        assertThat(judge(filter, "\0\5abc", false)).isEqualTo(new Verdict.Await(7, false));
        assertThat(judge(filter, "\0\5abcde", false)).isEqualTo(WAKE);
        assertThat(judge(filter, "\0\5abcdefgh", false)).isEqualTo(WAKE);
        assertThat(judge(filter, "\u00ff\u00ffab", false))
                .as("longer than the bound")
                .isEqualTo(WAKE);
    }

    @Test
    void shouldCountALengthThatIncludesItself() {
        WakeFilter.Builder filter = WakeFilter.newBuilder()
                .setLengthPrefix(LengthPrefix.newBuilder().setLengthBytes(4).setIncludesItself(true))
                .setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE);
        assertThat(judge(filter, "\0\0\0\6a", false)).isEqualTo(new Verdict.Await(6, false));
        assertThat(judge(filter, "\0\0\0\6ab", false)).isEqualTo(WAKE);
        assertThat(judge(filter, "\0\0\0\3ab", false)).isInstanceOf(Verdict.Close.class);
        assertThat(judge(filter, "\u00ff\0\0\0", false)).isInstanceOf(Verdict.Close.class);
    }

    @Test
    void shouldTakeTheLargerOfRuleAndMinimum() {
        WakeFilter.Builder filter =
                WakeFilter.newBuilder().setPrefix(bytes("hello")).setMinBytes(9);
        assertThat(judge(filter, "hel", false)).isEqualTo(new Verdict.Await(9, false));
        assertThat(judge(filter, "hello", false)).isEqualTo(new Verdict.Await(9, false));
        assertThat(judge(filter, "hello you", false)).isEqualTo(WAKE);
    }

    private static Verdict exchange(SocketKind kind, String unread, boolean peerClosed) {
        SocketOptions options = SocketOptions.newBuilder()
                .addAutoAnswers(
                        AutoAnswer.newBuilder().setRequest(bytes("PING|")).setResponse(bytes("PONG|")))
                .build();
        KeepAlive keepAlive = KeepAlive.newBuilder()
                .setProbe(bytes("?"))
                .addExpectedReplies(bytes("!ok"))
                .build();
        return WakeRules.judge(
                kind,
                options,
                keepAlive,
                new Readiness.Data(unread.length(), peerClosed, bytes(unread), Optional.empty()));
    }

    @Test
    void shouldDealOnlyWithWhatIsExactlyKnown() {
        SocketKind stream = SocketKind.SOCKET_KIND_STREAM;
        assertThat(exchange(stream, "PING|", false)).isEqualTo(new Verdict.Answer(bytes("PONG|"), 5));
        assertThat(exchange(stream, "!ok", false)).isEqualTo(new Verdict.Reply(3));
        assertThat(exchange(stream, "PIN", false)).isEqualTo(new Verdict.Await(4, true));
        assertThat(exchange(stream, "PING|PING|", false)).isEqualTo(WAKE);
        assertThat(exchange(stream, "!okPING|", false)).isEqualTo(WAKE);
        assertThat(exchange(stream, "PING|", true)).as("the end follows").isEqualTo(WAKE);
        assertThat(exchange(stream, "data", false)).isEqualTo(WAKE);
        assertThat(exchange(SocketKind.SOCKET_KIND_DATAGRAM, "PIN", false))
                .as("a datagram is whole")
                .isEqualTo(WAKE);
        assertThat(exchange(SocketKind.SOCKET_KIND_DATAGRAM, "PING|", false)).isInstanceOf(Verdict.Answer.class);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.9, Wake",
        "192.0.3.9, Discard",
        "10.1.2.3, Wake",
        "2001:db8::1, Wake",
        "2001:db9::1, Discard",
        "::ffff:192.0.2.9, Wake"
    })
    void shouldDiscardDatagramsOfOtherSources(String source, String verdict) {
        SocketOptions options = SocketOptions.newBuilder()
                .setWakeFilter(WakeFilter.newBuilder()
                        .addSourcePrefixes("192.0.2.0/24")
                        .addSourcePrefixes("10.1.2.3")
                        .addSourcePrefixes("2001:db8::/32"))
                .build();
        Readiness.Data data = new Readiness.Data(
                3, false, ByteString.EMPTY, Optional.of(new Endpoint.Inet(InetAddress.ofLiteral(source), 53)));
        assertThat(WakeRules.judge(SocketKind.SOCKET_KIND_DATAGRAM, options, NONE, data)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(verdict);
    }
}
