package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.SocketState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ValuesTest {

    @Test
    void shouldReadAddresses() {
        assertThat(Address.parse("tcp:127.0.0.1:80"))
                .isEqualTo(new Address.Tcp(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80)));
        assertThat(Address.parse("udp:[::1]:0"))
                .isEqualTo(new Address.Udp(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0)));
        assertThat(Address.parse("tcp:*:443"))
                .isEqualTo(new Address.Tcp(new InetSocketAddress(InetAddress.ofLiteral("::"), 443)));
        assertThat(Address.parse("unix:/run/x.sock")).isEqualTo(new Address.Unix(Path.of("/run/x.sock")));
        assertThat(((Address.Unix) Address.parse("unix:x.sock")).path()).isAbsolute();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "80",
                "127.0.0.1:80",
                "sctp:127.0.0.1:80",
                "tcp:",
                "tcp:80",
                "tcp:127.0.0.1",
                "tcp:127.0.0.1:",
                "tcp:127.0.0.1:-1",
                "tcp:127.0.0.1:65536",
                "tcp:127.0.0.1:http",
                "tcp:::1:80",
                "unix:",
                "tcp::80"
            })
    void shouldRefuseOtherAddresses(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> Address.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "7d, PT168H", "0, PT0S"})
    void shouldReadDurations(String text, Duration expected) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "-1s", "1.5s", "1w", "s", "9999999999s"})
    void shouldRefuseOtherDurations(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new DurationConverter().convert(text));
    }

    @Test
    void shouldLineColumnsUp() {
        assertThat(Table.withTitles("A", "LONG", "C").row("wide", "", 3).lines())
                .containsExactly("A     LONG  C", "wide  -     3");
        assertThat(Table.ofPairs().lines()).isEmpty();
    }

    @Test
    void shouldSpeakInWords() {
        assertThat(Words.word(SocketState.SOCKET_STATE_PARKED, "SOCKET_STATE_")).isEqualTo("parked");
        assertThat(Words.word(SocketState.SOCKET_STATE_UNSPECIFIED, "SOCKET_STATE_"))
                .isEmpty();
        assertThat(Words.bytes(ByteString.copyFrom(new byte[] {'a', 0, (byte) 0xFF})))
                .isEqualTo("3 bytes: a..");
        assertThat(Words.bytes(ByteString.EMPTY)).isEqualTo("none");
        assertThat(Words.shortened("x".repeat(80))).hasSize(60).endsWith("...");
    }
}
