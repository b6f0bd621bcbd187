package io.socketbroker.daemon.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameTest {
    private static final List<Entry> MOST = IntStream.range(0, Frame.MOST_ENTRIES)
            .mapToObj(i -> new Entry(i * 4_000, Long.MIN_VALUE + i))
            .toList();

    @Test
    void shouldHaveTheDocumentedLayout() {
        Frame frame = Frame.of(Kind.PUT, 0x01020304, 0x11121314, List.of(new Entry(0xabcde, 0x2122232425262728L)));
        assertThat(HexFormat.of().formatHex(frame.encode()))
                .isEqualTo("01" + "02" + "0001" + "01020304" + "11121314" + "000abcde" + "2122232425262728");
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeBackAsItWas(Kind kind) {
        for (List<Entry> entries : kind.withEntries() ? List.of(MOST, MOST.subList(7, 8)) : List.of(List.<Entry>of())) {
            Frame frame = new Frame(kind, -2, 7, entries, kind == Kind.REFUSED ? "gr\u00fc\u00dfe" : "");
            byte[] bytes = frame.encode();
            assertThat(bytes.length).isLessThanOrEqualTo(Frame.MOST_BYTES);
            assertThat(Frame.decode(bytes)).isEqualTo(frame);
        }
    }

    @Test
    void shouldCutALongText() {
        FrameException refusal = new FrameException(Reason.MALFORMED, "x".repeat(10_000));
        Frame frame = Frame.decode(Frame.refused(5, refusal).encode());
        assertThat(frame.text()).hasSize(512);
        assertThat(frame.reason()).isEqualTo(Reason.MALFORMED);
        assertThat(frame.sequence()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "'', MALFORMED",
        "01, MALFORMED",
        "0105000000000001000000, MALFORMED",
        "00050000 00000001 00000000, VERSION",
        "02050000 00000001 00000000, VERSION",
        "01000000 00000001 00000000, MALFORMED",
        "01070000 00000001 00000000, MALFORMED",
        "01fe0000 00000001 00000000, MALFORMED",
        "01050000 00000001 00000000 00, MALFORMED",
        "01050001 00000001 00000000 00000001 0000000000000001, MALFORMED",
        "01020000 00000001 00000000, MALFORMED",
        "01020001 00000001 00000000, MALFORMED",
        "01020001 00000001 00000000 00000001 00000000000001, MALFORMED",
        "01020001 00000001 00000000 00000001 0000000000000001 00, MALFORMED",
        "01020001 00000001 00000000 00100000 0000000000000001, MALFORMED",
        "01020001 00000001 00000000 ffffffff 0000000000000001, MALFORMED",
        "0102ffff 00000001 00000000, MALFORMED",
        "010200fe 00000001 00000000, MALFORMED",
    })
    void shouldRefuseWhatIsNoFrame(String hex, Reason reason) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatExceptionOfType(FrameException.class)
                .isThrownBy(() -> Frame.decode(bytes))
                .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    @Test
    void shouldRefuseMoreEntriesThanDescriptorsCanCome() {
        byte[] bytes = Frame.of(
                        Kind.DROP,
                        1,
                        0,
                        IntStream.range(0, 254).mapToObj(i -> new Entry(i, i)).toList())
                .encode();
        assertThatExceptionOfType(FrameException.class).isThrownBy(() -> Frame.decode(bytes));
    }

    @Test
    void shouldTellTheSequenceOfAnyVersion() {
        assertThat(Frame.sequenceOf(HexFormat.of().parseHex("090500000000aabb00000000")))
                .isEqualTo(0xaabb);
        assertThat(Frame.sequenceOf(new byte[11])).isZero();
    }

    @Test
    void shouldNotKnowReasonsOfLaterVersions() {
        assertThat(new Frame(Kind.REFUSED, 0, 99, List.of(), "").reason()).isEqualTo(Reason.OTHER);
    }
}
