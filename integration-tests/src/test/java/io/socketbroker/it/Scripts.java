package io.socketbroker.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** The programs under src/test/resources/handlers. */
final class Scripts {
    private Scripts() {}

    /** Puts one into a folder, executable for everybody. */
    static Path copy(String name, Path folder) {
        Path target = folder.resolve(name);
        try (InputStream script =
                Objects.requireNonNull(Scripts.class.getResourceAsStream("/handlers/" + name), name)) {
            Files.copy(script, target, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }
}
