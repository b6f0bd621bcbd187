package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.WakeFilter;
import io.socketbroker.v1.WakeFilter.LengthPrefix;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of listen, connect and update, as the broker gets them. */
class SocketOptionsTest {

    private static final KeepAlive KEEP_ALIVE = KeepAlive.newBuilder()
            .setInterval(seconds(30))
            .setProbe(bytes("PING\r\n"))
            .addExpectedReplies(bytes("PONG\r\n"))
            .addExpectedReplies(bytes("+PONG\r\n"))
            .setReplyTimeout(Duration.newBuilder().setNanos(500_000_000))
            .setAdaptive(true)
            .setMaxInterval(seconds(240))
            .build();
    private static final SocketOptions OPTIONS = SocketOptions.newBuilder()
            .setWakeFilter(WakeFilter.newBuilder()
                    .setMinBytes(4)
                    .setLengthPrefix(LengthPrefix.newBuilder().setLengthBytes(2).setIncludesItself(true))
                    .setOnMismatch(MismatchAction.MISMATCH_ACTION_CLOSE)
                    .addSourcePrefixes("192.0.2.0/24")
                    .addSourcePrefixes("2001:db8::/32"))
            .addAutoAnswers(AutoAnswer.newBuilder().setRequest(bytes("a=b")).setResponse(bytes("c=d")))
            .addAutoAnswers(AutoAnswer.newBuilder().setRequest(bytes("\0")).setResponse(bytes("\1")))
            .setNotifyNetworkChanged(true)
            .setExpiresAfter(seconds(86_400))
            .build();
    private static final String KEEP_ALIVE_WORDS = "--keep-alive 30s --probe PING\\r\\n --expect PONG\\r\\n"
            + " --expect +PONG\\r\\n --reply-timeout 500ms --adaptive --max-interval 4m";
    private static final String OPTION_WORDS = "--min-bytes 4 --wake-frame 2,inclusive --on-mismatch close"
            + " --source 192.0.2.0/24 --source 2001:db8::/32 --auto-answer a\\x3db=c=d --auto-answer hex:00=hex:01"
            + " --notify-network --expires-after 1d";

    private final int openBefore = OwnedFd.openCount();
    private CannedBroker broker;
    private Path folder;

    private static Duration seconds(long count) {
        return Duration.newBuilder().setSeconds(count).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        folder = directory;
        broker = new CannedBroker(folder);
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        broker.close();
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
    }

    private Run run(String... words) {
        var all = Stream.concat(
                        Stream.of(words).flatMap(word -> Stream.of(word.split(" "))),
                        Stream.of("--runtime-dir", folder.toString()))
                .toArray(String[]::new);
        var run = Run.of(all);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run;
    }

    @Test
    void shouldHandOverWithEveryOption() {
        run("listen --task t --id one unix:" + folder.resolve("own.sock"), KEEP_ALIVE_WORDS, OPTION_WORDS);
        var item = broker.transferred();
        assertThat(item.getKeepAlive()).isEqualTo(KEEP_ALIVE);
        assertThat(item.getOptions())
                .isEqualTo(OPTIONS.toBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)
                        .build());
        run("connect --task t --id one --wake-prefix GET\\0 udp:127.0.0.1:9");
        assertThat(broker.transferred().getOptions().getWakeFilter().getPrefix())
                .isEqualTo(bytes("GET\0"));
    }

    @Test
    void shouldSayOnlyWhatWasSaid() throws IOException {
        var context = Files.writeString(folder.resolve("context"), "state");
        run("listen --task t --id one --accept listener --first-bytes 5s --context-file " + context + " unix:"
                + folder.resolve("own.sock"));
        var item = broker.transferred();
        assertThat(item.getContext()).isEqualTo(bytes("state"));
        assertThat(item.getOptions())
                .isEqualTo(SocketOptions.newBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)
                        .setFirstBytesTimeout(seconds(5))
                        .build());
        run("listen --task t --id one udp:127.0.0.1:0");
        assertThat(broker.transferred().hasOptions() || broker.transferred().hasKeepAlive())
                .isFalse();
    }

    @Test
    void shouldUpdateWithoutLosingTheRest() {
        broker.socket = CannedBroker.SOCKET.toBuilder()
                .setKeepAlive(KEEP_ALIVE)
                .setOptions(OPTIONS)
                .build();
        assertThat(run("update one --keep-alive 1m --expect PONG --wake-line --expires-after 0")
                        .out())
                .containsExactly("updated one");
        var request = broker.updated();
        assertThat(request.getKey().getSocketId()).isEqualTo("one");
        assertThat(request.hasContext()).isFalse();
        assertThat(request.getKeepAlive())
                .isEqualTo(KEEP_ALIVE.toBuilder()
                        .setInterval(seconds(60))
                        .clearExpectedReplies()
                        .addExpectedReplies(bytes("PONG"))
                        .build());
        var options = OPTIONS.toBuilder().clearExpiresAfter();
        options.getWakeFilterBuilder().setCompleteLine(true);
        assertThat(request.getOptions()).isEqualTo(options.build());
        // Its time is known: a probe needs no other.
        run("update one --probe x");
        assertThat(broker.updated().getKeepAlive())
                .isEqualTo(KEEP_ALIVE.toBuilder().setProbe(bytes("x")).build());
        assertThat(broker.updated().hasOptions()).isFalse();
    }

    @Test
    void shouldForgetWhatWasBefore() throws IOException {
        broker.socket = CannedBroker.SOCKET.toBuilder()
                .setKeepAlive(KEEP_ALIVE)
                .setOptions(OPTIONS.toBuilder().setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION))
                .build();
        run("update one --keep-alive 0 --notify-network");
        assertThat(broker.updated().getKeepAlive())
                .isEqualTo(KeepAlive.newBuilder().setInterval(seconds(0)).build());
        assertThat(broker.updated().hasOptions()).isFalse();
        run("update one --reset --min-bytes 9");
        assertThat(broker.updated().getKeepAlive())
                .isEqualTo(KeepAlive.newBuilder().setInterval(seconds(0)).build());
        assertThat(broker.updated().getOptions())
                .isEqualTo(SocketOptions.newBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_PER_CONNECTION)
                        .setWakeFilter(WakeFilter.newBuilder().setMinBytes(9))
                        .build());
        run("update one --context-file " + Files.writeString(folder.resolve("context"), "new"));
        assertThat(broker.updated().getContext()).isEqualTo(bytes("new"));
        assertThat(broker.updated().hasKeepAlive() || broker.updated().hasOptions())
                .isFalse();
    }

    @Test
    void shouldShowThemInWords() {
        broker.socket = CannedBroker.SOCKET.toBuilder()
                .setKeepAlive(KEEP_ALIVE)
                .setEffectiveInterval(seconds(90))
                .setOptions(OPTIONS.toBuilder()
                        .setAcceptMode(AcceptMode.ACCEPT_MODE_LISTENER)
                        .setFirstBytesTimeout(seconds(5)))
                .setProbesSent(7)
                .setRepliesConsumed(6)
                .setAnswersSent(5)
                .setDatagramsDiscarded(4)
                .build();
        assertThat(run("show one").out())
                .contains("keep-alive           30s, sends \"PING\\r\\n\", expects \"PONG\\r\\n\" or \"+PONG\\r\\n\""
                        + " within 0.5s, adaptive up to 4m")
                .contains("effective interval   1m30s")
                .contains("probes sent          7")
                .contains("replies consumed     6")
                .contains("answers sent         5")
                .contains("datagrams discarded  4")
                .contains("options              the handler accepts; first bytes within 5s; wakes from 4 bytes on,"
                        + " on a whole frame (length in 2 bytes, counting itself), else closes, from 192.0.2.0/24 or"
                        + " 2001:db8::/32; answers \"a=b\" with \"c=d\"; answers \"\\x00\" with \"\\x01\"; wakes when the"
                        + " network changes; closed after 24h without a wake");
    }
}
