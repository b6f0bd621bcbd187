package io.socketbroker.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The context to leave with a socket. */
final class ContextFile {

    @Option(
            names = "--context-file",
            paramLabel = "F",
            description = "Its bytes are kept with the socket and given to the handler; at most 64 KiB.")
    private @Nullable Path path;

    /** Empty if no file was named, so that the former context stays. */
    Optional<byte[]> read() {
        if (path == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("the context file " + path + " cannot be read: " + e.getMessage(), e));
        }
    }
}
