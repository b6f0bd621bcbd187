package io.socketbroker.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/configuration.md says what the classes say. */
final class ReferenceTest {
    private static final String BEGIN = "<!-- The keys: from here on generated, see ReferenceTest. -->\n";
    private static final String END = "<!-- The keys: to here. -->\n";

    private static Path document() {
        return Path.of("..", "docs", "configuration.md").toAbsolutePath().normalize();
    }

    /** Run it with -Dsocketbroker.reference.write=true to bring the document up to date. */
    @Test
    void shouldDescribeEveryKeyWithItsRangeAndDefault() throws IOException {
        String text = Files.readString(document());
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        assertThat(begin)
                .as("the marks are there")
                .isGreaterThan(BEGIN.length())
                .isLessThanOrEqualTo(end);
        if (Boolean.getBoolean("socketbroker.reference.write")) {
            Files.writeString(document(), text.substring(0, begin) + Reference.markdown() + "\n" + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end)).isEqualTo(Reference.markdown() + "\n");
    }

    @Test
    void shouldNotHaveAKeyTwice() {
        for (Section section : Reference.SECTIONS) {
            Set<String> names = new HashSet<>();
            section.keys()
                    .forEach(key ->
                            assertThat(names.add(key.name())).as(key.name()).isTrue());
        }
    }

    @Test
    void shouldReadWhatItWritesAsADefault() throws TomlText.SyntaxException {
        for (Section section : Reference.SECTIONS) {
            for (Key<?> key : section.keys()) {
                if (key.defaultValue().isPresent()) {
                    Object written = TomlText.parse("x = " + key.defaultText()).get("x");
                    assertThat(written).isNotNull();
                    assertThat((Object) key.form().read(java.util.Objects.requireNonNull(written)))
                            .as(key.name())
                            .isEqualTo(key.defaultValue().orElseThrow());
                }
            }
        }
    }
}
