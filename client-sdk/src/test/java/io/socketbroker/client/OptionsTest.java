package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import io.socketbroker.v1.WakeFilter.RuleCase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the typed options say to the broker. */
class OptionsTest {

    private static final KeepAliveOptions PING = KeepAliveOptions.every(Duration.ofSeconds(30))
            .withProbe(bytes("ping"))
            .expecting(bytes("pong"))
            .expecting(bytes("PONG"))
            .withReplyTimeout(Duration.ofMillis(1500))
            .withAdaptive(true)
            .withMaxInterval(Duration.ofMinutes(4));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldSayAllOfAKeepAlive() {
        assertThat(PING.message())
                .isEqualTo(KeepAlive.newBuilder()
                        .setInterval(Protos.duration(Duration.ofSeconds(30)))
                        .setProbe(Protos.bytes(bytes("ping")))
                        .addExpectedReplies(Protos.bytes(bytes("pong")))
                        .addExpectedReplies(Protos.bytes(bytes("PONG")))
                        .setReplyTimeout(Protos.duration(Duration.ofMillis(1500)))
                        .setAdaptive(true)
                        .setMaxInterval(Protos.duration(Duration.ofMinutes(4)))
                        .build());
        assertThat(PING.interval()).contains(Duration.ofSeconds(30));
        assertThat(PING.withExpectedReplies(List.of(bytes("x"))).message().getExpectedRepliesList())
                .containsExactly(Protos.bytes(bytes("x")));
        assertThat(KeepAliveOptions.none().interval()).isEmpty();
        assertThat(KeepAliveOptions.none().message().hasInterval()).isTrue();
    }

    @Test
    void shouldTakeZeroTimesForDefaults() {
        var keepAlive = PING.withReplyTimeout(Duration.ZERO)
                .withMaxInterval(Duration.ZERO)
                .message();
        assertThat(keepAlive.hasReplyTimeout() || keepAlive.hasMaxInterval()).isFalse();
        var options = ParkingOptions.none()
                .withExpiry(Duration.ofDays(1))
                .withExpiry(Duration.ZERO)
                .withFirstBytesTimeout(Duration.ofSeconds(1))
                .withFirstBytesTimeout(Duration.ZERO)
                .withWakeRule(WakeRule.any().withMinBytes(3))
                .withWakeRule(WakeRule.any());
        assertThat(options).isEqualTo(ParkingOptions.none());
    }

    @Test
    void shouldSayAllOfAWakeRule() {
        var rule = WakeRule.any()
                .withMinBytes(4)
                .withPrefix(bytes("GET"))
                .onMismatch(MismatchAction.MISMATCH_ACTION_CLOSE)
                .withSources("192.0.2.0/24", "2001:db8::/32");
        assertThat(rule.message())
                .isEqualTo(WakeFilter.newBuilder()
                        .setMinBytes(4)
                        .setPrefix(Protos.bytes(bytes("GET")))
                        .setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE)
                        .addSourcePrefixes("192.0.2.0/24")
                        .addSourcePrefixes("2001:db8::/32")
                        .build());
        assertThat(rule.withSources(List.of()).message().getSourcePrefixesList())
                .isEmpty();
        assertThat(rule.withCompleteLine().message().getRuleCase()).isEqualTo(RuleCase.COMPLETE_LINE);
        assertThat(rule.withCompleteFrame(2, true).message().getLengthPrefix())
                .isEqualTo(LengthPrefix.newBuilder()
                        .setLengthBytes(2)
                        .setIncludesItself(true)
                        .build());
    }

    private static ParkingOptions everyOption() {
        return ParkingOptions.none()
                .withAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)
                .withWakeRule(WakeRule.any().withCompleteLine())
                .answering(bytes("PING"), bytes("PONG"))
                .withNetworkChanges(true)
                .withExpiry(Duration.ofDays(2))
                .withFirstBytesTimeout(Duration.ofSeconds(5));
    }

    @Test
    void shouldSayAllOptionsOfASocket() {
        assertThat(everyOption().message())
                .isEqualTo(SocketOptions.newBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)
                        .setWakeFilter(WakeFilter.newBuilder().setCompleteLine(true))
                        .addAutoAnswers(AutoAnswer.newBuilder()
                                .setRequest(Protos.bytes(bytes("PING")))
                                .setResponse(Protos.bytes(bytes("PONG"))))
                        .setNotifyNetworkChanged(true)
                        .setExpiresAfter(Protos.duration(Duration.ofDays(2)))
                        .setFirstBytesTimeout(Protos.duration(Duration.ofSeconds(5)))
                        .build());
        assertThat(everyOption().withoutAnswers().message().getAutoAnswersCount())
                .isZero();
        assertThat(everyOption().wakeRule()).isEqualTo(WakeRule.any().withCompleteLine());
    }

    @Test
    void shouldSayThemInEveryRequest() {
        try (var connection = Connection.open()) {
            var item = TransferRequest.of(connection.near(), "s", "t")
                    .withKeepAlive(PING)
                    .withOptions(everyOption())
                    .withAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)
                    .item();
            assertThat(item.getKeepAlive()).isEqualTo(PING.message());
            assertThat(item.getOptions())
                    .isEqualTo(everyOption()
                            .withAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)
                            .message());
        }
        var update = SocketUpdate.none()
                .withContext(bytes("c"))
                .withKeepAlive(PING)
                .withOptions(everyOption())
                .ifGeneration(7)
                .message();
        assertThat(update.getContext().toStringUtf8()).isEqualTo("c");
        assertThat(update.getKeepAlive()).isEqualTo(PING.message());
        assertThat(update.getOptions()).isEqualTo(everyOption().message());
        assertThat(update.getExpectedGeneration()).isEqualTo(7);
        assertThat(SocketUpdate.none().message().hasOptions()).isFalse();
        var end = LeaseEnd.of(SocketKey.getDefaultInstance(), 1, LeaseOutcome.LEASE_OUTCOME_RETURNED);
        assertThat(end.withKeepAlive(PING).message().getKeepAlive()).isEqualTo(PING.message());
    }

    @Test
    void shouldReadThemFromAnAnswer() {
        var socket = new BrokeredSocket(Socket.newBuilder()
                .setKeepAlive(PING.message())
                .setOptions(everyOption().message())
                .setEffectiveInterval(Protos.duration(Duration.ofMinutes(2)))
                .setProbesSent(5)
                .setRepliesConsumed(4)
                .setAnswersSent(3)
                .setDatagramsDiscarded(2)
                .build());
        assertThat(socket.keepAliveOptions()).isEqualTo(PING);
        assertThat(socket.keepAlive()).contains(Duration.ofSeconds(30));
        assertThat(socket.effectiveInterval()).contains(Duration.ofMinutes(2));
        assertThat(socket.options()).isEqualTo(everyOption());
        assertThat(socket.probesSent()).isEqualTo(5);
        assertThat(socket.repliesConsumed()).isEqualTo(4);
        assertThat(socket.answersSent()).isEqualTo(3);
        assertThat(socket.datagramsDiscarded()).isEqualTo(2);
        var plain = new BrokeredSocket(Socket.getDefaultInstance());
        assertThat(plain.keepAlive()).isEmpty();
        assertThat(plain.effectiveInterval()).isEmpty();
    }
}
