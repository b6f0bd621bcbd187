package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.SocketState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
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
    void shouldReadTimeWindows() {
        assertThat(TimeWindow.parse("08:00-18:30"))
                .isEqualTo(new TimeWindow(LocalTime.of(8, 0), LocalTime.of(18, 30), Set.of(), Optional.empty()));
        assertThat(TimeWindow.parse("22:00-06:00,mon-fri").days())
                .containsExactly(
                        DayOfWeek.MONDAY, DayOfWeek.TUESDAY, DayOfWeek.WEDNESDAY, DayOfWeek.THURSDAY, DayOfWeek.FRIDAY);
        assertThat(TimeWindow.parse("22:00-06:00,Sat,sun").days())
                .containsExactly(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);
        assertThat(TimeWindow.parse("22:00-06:00,sat-mon,wed").days())
                .containsExactlyInAnyOrder(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY, DayOfWeek.MONDAY, DayOfWeek.WEDNESDAY);
        var everything = TimeWindow.parse("00:00-12:00,sun-sun,Etc/GMT-5");
        assertThat(everything.days()).containsExactly(DayOfWeek.SUNDAY);
        assertThat(everything.zone()).contains(ZoneId.of("Etc/GMT-5"));
        assertThat(TimeWindow.parse("00:00-12:00,Europe/Berlin").zone()).contains(ZoneId.of("Europe/Berlin"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "08:00",
                "8:00-18:00",
                "08:00-24:00",
                "08:60-18:00",
                "08:00-18:00,",
                "08:00-18:00,mo",
                "08:00-18:00,mon-fri-sun",
                "08:00-18:00,mon-",
                "08:00-18:00,Europe/Berlin,mon",
                "08:00-18:00,Mars/Olympus"
            })
    void shouldRefuseOtherTimeWindows(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> TimeWindow.parse(text))
                .withMessageContaining("'" + text + "'");
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
