package io.socketbroker.daemon.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files that units read with EnvironmentFile=, one for each activation, in the syntax of systemd.exec(5). They hold
 * tokens: nobody but the broker's user and systemd may read them. On the launcher's thread.
 */
final class EnvironmentFiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;

    /** Makes nothing yet. */
    EnvironmentFiles(Path runtimeDirectory) {
        this.folder = runtimeDirectory.resolve("activations");
    }

    private Path file(long activationId) {
        return folder.resolve(activationId + ".env");
    }

    /**
     * A new file; what a former broker has left under that name is removed.
     *
     * @throws IllegalArgumentException if systemd would not take a variable as it is; names it, without its value
     */
    void write(long activationId, Map<String, String> environment) throws IOException {
        ByteBuffer text = encode(environment);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path file = file(activationId);
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** It need not be there. */
    void remove(long activationId) throws IOException {
        Files.deleteIfExists(file(activationId));
    }

    /** All files; the folder stays. */
    void removeAll() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.env")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Double quotes let a value span lines; in them a backslash keeps the next character where that is one of the four
     * that it must keep.
     */
    static ByteBuffer encode(Map<String, String> environment) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("systemd takes no variable named '" + name + "'");
            }
            text.append(name).append("=\"");
            variable.getValue().codePoints().forEach(character -> {
                requireTaken(name, character);
                if ("\"\\`$".indexOf(character) >= 0) {
                    text.append('\\');
                }
                text.appendCodePoint(character);
            });
            text.append("\"\n");
        }
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the environment is not Unicode text", e);
        }
    }

    /** Older versions drop a variable with another control character, and all a file with a noncharacter, silently. */
    private static void requireTaken(String name, int character) {
        boolean control = (character < ' ' && character != '\t' && character != '\n') || character == 0x7f;
        boolean noncharacter = (character >= 0xfdd0 && character <= 0xfdef) || (character & 0xfffe) == 0xfffe;
        if (control || noncharacter || character == 0xfeff) {
            throw new IllegalArgumentException("systemd does not take the character U+"
                    + String.format("%04X", character) + " in the variable " + name);
        }
    }
}
