package io.socketbroker.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFilesTest {
    @TempDir
    private Path folder;

    private static String encoded(String value) {
        return StandardCharsets.UTF_8
                .decode(EnvironmentFiles.encode(Map.of("NAME", value)))
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain|NAME=\"plain\"",
                " two  spaces |NAME=\" two  spaces \"",
                "'single'|NAME=\"'single'\"",
                "\"double\"|NAME=\"\\\"double\\\"\"",
                "$HOME|NAME=\"\\$HOME\"",
                "`id`|NAME=\"\\`id\\`\"",
                "C:\\new|NAME=\"C:\\\\new\"",
                "#;=%i|NAME=\"#;=%i\"",
                "\u00fc\ud83d\ude00|NAME=\"\u00fc\ud83d\ude00\"",
            })
    void shouldQuote(String value, String line) {
        assertThat(encoded(value)).isEqualTo(line + "\n");
    }

    @Test
    void shouldKeepTabsNewlinesAndEmptyValues() {
        assertThat(encoded("tab\tnewlines\n\n")).isEqualTo("NAME=\"tab\tnewlines\n\n\"\n");
        assertThat(encoded("")).isEqualTo("NAME=\"\"\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, '\r', 0x1b, 0x7f, 0xfdd0, 0xfeff, 0xfffe, 0x1ffff})
    void shouldRefuseWhatSystemdDropsOrTakesForAnError(int character) {
        String value = "secret" + Character.toString(character);

        assertThatThrownBy(() -> encoded(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("systemd does not take the character U+%04X in the variable NAME", character);
    }

    @Test
    void shouldRefuseHalfASurrogatePair() {
        assertThatThrownBy(() -> encoded("\ud83d")).hasMessage("the environment is not Unicode text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1ST", "A-B", "A B", "A=B", "A\nB", "\u00dc"})
    void shouldRefuseNamesThatSystemdIgnores(String name) {
        assertThatThrownBy(() -> EnvironmentFiles.encode(Map.of(name, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("systemd takes no variable named '" + name + "'");
    }

    @Test
    void shouldReplaceWhatAFormerBrokerLeft() throws IOException {
        EnvironmentFiles files = new EnvironmentFiles(folder);
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "untouched");
        Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("activations")).resolve("5.env"), elsewhere);

        files.write(5, Map.of("A", "1", "B", "2"));

        assertThat(folder.resolve("activations/5.env")).hasContent("A=\"1\"\nB=\"2\"");
        assertThat(elsewhere).hasContent("untouched");
        files.removeAll();
        assertThat(folder.resolve("activations")).isEmptyDirectory();
    }

    @Test
    void shouldNotWriteThroughALinkToAFolder() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("activations"), elsewhere);

        assertThatThrownBy(() -> new EnvironmentFiles(folder).write(5, Map.of()))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }
}
