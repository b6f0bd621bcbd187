package io.socketbroker.daemon.core;

import static io.socketbroker.daemon.core.CoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionRulesTest {
    private static final Candidate STREAM = candidate(SocketKind.SOCKET_KIND_STREAM, "tcp", true);
    private static final Candidate LISTENER = candidate(SocketKind.SOCKET_KIND_LISTENER, "tcp", false);
    private static final Candidate UDP = candidate(SocketKind.SOCKET_KIND_DATAGRAM, "udp", false);

    private static Candidate candidate(SocketKind kind, String protocol, boolean connected) {
        return new Candidate(
                kind,
                protocol,
                1,
                Optional.empty(),
                connected ? Optional.of(CoreFixture.peer("192.0.2.1")) : Optional.empty(),
                false);
    }

    static Stream<Arguments> keepAlives() {
        return Stream.of(
                keepAlive("k.probe", UDP, builder -> builder.setProbe(bytes("x"))),
                keepAlive("k", LISTENER, builder -> {}),
                keepAlive("k.probe", STREAM, builder -> builder.setProbe(ByteString.copyFrom(new byte[2_049]))),
                keepAlive("k.probe", STREAM, builder -> builder.clearInterval().setProbe(bytes("x"))),
                keepAlive("k.adaptive", STREAM, builder -> builder.setAdaptive(true)),
                keepAlive("k.expected_replies", STREAM, builder -> builder.addExpectedReplies(bytes("x"))),
                keepAlive(
                        "k.expected_replies[0]",
                        STREAM,
                        builder -> probing(builder).addExpectedReplies(ByteString.EMPTY)),
                keepAlive(
                        "k.expected_replies[1]",
                        STREAM,
                        builder ->
                                probing(builder).addExpectedReplies(bytes("x")).addExpectedReplies(bytes("x"))),
                keepAlive("k.expected_replies", STREAM, builder -> {
                    probing(builder);
                    for (int i = 0; i < 9; i++) {
                        builder.addExpectedReplies(bytes("reply" + i));
                    }
                }),
                keepAlive(
                        "k.reply_timeout",
                        STREAM,
                        builder -> probing(builder).setReplyTimeout(Durations.fromMillis(500))),
                keepAlive(
                        "k.reply_timeout",
                        STREAM,
                        builder -> probing(builder)
                                .addExpectedReplies(bytes("x"))
                                .setReplyTimeout(Durations.fromSeconds(61))),
                keepAlive("k.max_interval", STREAM, builder -> probing(builder).setMaxInterval(Durations.fromDays(1))),
                keepAlive(
                        "k.max_interval",
                        STREAM,
                        builder -> probing(builder).setAdaptive(true).setMaxInterval(Durations.fromSeconds(59))));
    }

    private static KeepAlive.Builder probing(KeepAlive.Builder builder) {
        return builder.setProbe(bytes("ping"));
    }

    private static Arguments keepAlive(String field, Candidate socket, Consumer<KeepAlive.Builder> change) {
        KeepAlive.Builder builder = KeepAlive.newBuilder().setInterval(Durations.fromSeconds(60));
        change.accept(builder);
        return Arguments.of(field, socket, builder.build());
    }

    @ParameterizedTest
    @MethodSource("keepAlives")
    void shouldRefuseAKeepAlive(String field, Candidate socket, KeepAlive keepAlive) {
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> OptionRules.check(keepAlive, socket, "k"))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo(field));
    }

    static Stream<Arguments> options() {
        return Stream.of(
                options("o.accept_mode", STREAM, builder -> builder.setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)),
                options(
                        "o.first_bytes_timeout",
                        STREAM,
                        builder -> builder.setFirstBytesTimeout(Durations.fromSeconds(1))),
                options(
                        "o.first_bytes_timeout",
                        LISTENER,
                        builder -> builder.setFirstBytesTimeout(Durations.fromHours(2))),
                options(
                        "o.first_bytes_timeout",
                        LISTENER,
                        builder -> builder.setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)
                                .setFirstBytesTimeout(Durations.fromSeconds(1))),
                options("o.wake_filter", LISTENER, builder -> filter(builder).setMinBytes(2)),
                options("o.wake_filter", UDP, builder -> filter(builder).setMinBytes(2)),
                options(
                        "o.wake_filter.min_bytes",
                        STREAM,
                        builder -> filter(builder).setMinBytes(65_537)),
                options(
                        "o.wake_filter.prefix",
                        STREAM,
                        builder -> filter(builder).setPrefix(ByteString.EMPTY)),
                options(
                        "o.wake_filter.complete_line",
                        STREAM,
                        builder -> filter(builder).setCompleteLine(false)),
                options(
                        "o.wake_filter.length_prefix.length_bytes",
                        STREAM,
                        builder -> filter(builder)
                                .setLengthPrefix(LengthPrefix.newBuilder().setLengthBytes(3))),
                options(
                        "o.wake_filter.on_mismatch",
                        STREAM,
                        builder -> filter(builder).setMinBytes(2).setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE)),
                options(
                        "o.wake_filter.source_prefixes",
                        STREAM,
                        builder -> filter(builder).addSourcePrefixes("10.0.0.0/8")),
                options(
                        "o.wake_filter.source_prefixes[1]",
                        UDP,
                        builder ->
                                filter(builder).addSourcePrefixes("10.0.0.0/8").addSourcePrefixes("10.0.0.0/33")),
                options("o.auto_answers[0]", UDP, builder -> builder.addAutoAnswers(answer("a", "b"))),
                options("o.auto_answers[0].response", STREAM, builder -> builder.addAutoAnswers(answer("a", ""))),
                options(
                        "o.auto_answers[1].request",
                        STREAM,
                        builder -> builder.addAutoAnswers(answer("a", "b")).addAutoAnswers(answer("a", "c"))),
                options("o.auto_answers[0].request", STREAM, builder -> builder.addAutoAnswers(answer("reply", "b"))),
                options("o.expires_after", STREAM, builder -> builder.setExpiresAfter(Durations.fromDays(366))));
    }

    private static WakeFilter.Builder filter(SocketOptions.Builder options) {
        return options.getWakeFilterBuilder();
    }

    private static AutoAnswer answer(String request, String response) {
        return AutoAnswer.newBuilder()
                .setRequest(bytes(request))
                .setResponse(bytes(response))
                .build();
    }

    private static Arguments options(String field, Candidate socket, Consumer<SocketOptions.Builder> change) {
        SocketOptions.Builder builder = SocketOptions.newBuilder();
        change.accept(builder);
        return Arguments.of(field, socket, builder.build());
    }

    @ParameterizedTest
    @MethodSource("options")
    void shouldRefuseOptions(String field, Candidate socket, SocketOptions options) {
        KeepAlive keepAlive =
                KeepAlive.newBuilder().addExpectedReplies(bytes("reply")).build();
        assertThatExceptionOfType(BrokerRefusal.class)
                .isThrownBy(() -> OptionRules.check(options, keepAlive, socket, "o"))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo(field));
    }

    @Test
    void shouldTakeWhatIsWithinTheBounds() {
        KeepAlive keepAlive = KeepAlive.newBuilder()
                .setInterval(Durations.fromSeconds(1))
                .setProbe(ByteString.copyFrom(new byte[2_048]))
                .addExpectedReplies(bytes("reply"))
                .setReplyTimeout(Durations.fromMillis(100))
                .setAdaptive(true)
                .setMaxInterval(Durations.fromDays(7))
                .build();
        OptionRules.check(keepAlive, STREAM, "k");
        SocketOptions options = SocketOptions.newBuilder()
                .setWakeFilter(WakeFilter.newBuilder()
                        .setMinBytes(65_536)
                        .setLengthPrefix(LengthPrefix.newBuilder().setLengthBytes(4)))
                .addAutoAnswers(answer("a", "b"))
                .setExpiresAfter(Durations.fromSeconds(1))
                .build();
        OptionRules.check(options, keepAlive, STREAM, "o");
        assertThat(WakeRules.peekBytes(options, keepAlive)).isEqualTo(5);
    }
}
