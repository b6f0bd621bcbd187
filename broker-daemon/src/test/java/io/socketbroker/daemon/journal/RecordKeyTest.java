package io.socketbroker.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.TaskName;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecordKeyTest {
    private static final Comparator<ByteString> AS_ROCKSDB = ByteString.unsignedLexicographicalComparator();

    @Test
    void shouldSortAsNamesDo() {
        Random random = new Random(1);
        List<SocketName> names = Stream.generate(() -> new SocketName(
                        List.of(0, 1, 256, 65_536, -1).get(random.nextInt(5)), text(random), text(random)))
                .limit(500)
                .distinct()
                .sorted()
                .toList();
        assertThat(names)
                .extracting(name -> RecordKey.of(name).bytes())
                .isSortedAccordingTo(AS_ROCKSDB)
                .doesNotHaveDuplicates();
    }

    /** Printable ASCII without spaces, and short so that parts of names are names too. */
    private static String text(Random random) {
        return random.ints(1 + random.nextInt(3), 0x21, 0x7f)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void shouldKeepKindsAndPartsOfNamesApart() {
        assertThat(List.of(
                        RecordKey.of(new SocketName(1, "ab", "c")),
                        RecordKey.of(new SocketName(1, "a", "bc")),
                        RecordKey.of(new TaskName(1, "ab", "c")),
                        RecordKey.of(new TaskName(1, "a", "bc"))))
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldSortActivationsByNumber() {
        assertThat(Stream.of(0L, 1L, 255L, 256L, 1L << 40, Long.MAX_VALUE).map(RecordKey::ofActivation))
                .extracting(RecordKey::bytes)
                .isSortedAccordingTo(AS_ROCKSDB);
    }

    @Test
    void shouldRefuseNamesThatWouldMix() {
        assertThatThrownBy(() -> RecordKey.of(new SocketName(1, "a\0b", "c")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
