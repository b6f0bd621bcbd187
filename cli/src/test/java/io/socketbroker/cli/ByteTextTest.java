package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteTextTest {

    private static ByteString bytes(int... values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    @Test
    void shouldReadTextWithEscapes() {
        assertThat(ByteText.parse("PING\\r\\n")).isEqualTo(ByteString.copyFromUtf8("PING\r\n"));
        assertThat(ByteText.parse("\\t\\\\n\\0\\xfF\\x00")).isEqualTo(bytes('\t', '\\', 'n', 0, 255, 0));
        assertThat(ByteText.parse("\\x301")).isEqualTo(ByteString.copyFromUtf8("01"));
        assertThat(ByteText.parse("\\0x")).isEqualTo(bytes(0, 'x'));
        assertThat(ByteText.parse("")).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void shouldReadOtherCharactersAsUtf8() {
        assertThat(ByteText.parse("\u00e4\\n\ud83d\ude00")).isEqualTo(ByteString.copyFromUtf8("\u00e4\n\ud83d\ude00"));
    }

    @Test
    void shouldReadHexadecimalDigits() {
        assertThat(ByteText.parse("hex:c000")).isEqualTo(bytes(0xC0, 0));
        assertThat(ByteText.parse("hex:FF")).isEqualTo(bytes(0xFF));
        assertThat(ByteText.parse("hex:")).isEqualTo(ByteString.EMPTY);
        assertThat(ByteText.parse("\\x68ex:00")).isEqualTo(ByteString.copyFromUtf8("hex:00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\",
                "a\\",
                "\\q",
                "\\N",
                "\\x",
                "\\x1",
                "\\xg0",
                "\\x1g",
                "\\012",
                "hex:0",
                "hex:0g",
                "hex: 00",
                "hex:0x00"
            })
    void shouldRefuseWhatIsNeither(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> ByteText.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"hex:50494e470d0a, PING\\r\\n", "hex:0030ff, \\x000\\xff", "hex:5c09, \\\\\\t", "hex:, ''"})
    void shouldWriteBytesAsText(String hex, String text) {
        assertThat(ByteText.of(ByteText.parse(hex))).isEqualTo(text);
    }

    @Test
    void shouldReadWhatItWrites() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            var value = ByteString.copyFrom(bytes);
            assertThat(ByteText.parse(ByteText.of(value))).as("seed %d", seed).isEqualTo(value);
        }
        var tricky = ByteString.copyFromUtf8("hex:00");
        assertThat(ByteText.parse(ByteText.of(tricky))).isEqualTo(tricky);
    }
}
