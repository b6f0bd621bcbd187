package io.socketbroker.cli;

import io.socketbroker.client.BrokeredSocket;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.OwnedFd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What listen, connect and park share: hands one socket over and says so. */
final class ParkOptions {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--task", required = true, paramLabel = "T", description = "The task to wake.")
    private String task = "";

    @Option(
            names = "--id",
            required = true,
            paramLabel = "ID",
            description = "Name of the socket, unique within its application.")
    private String socketId = "";

    @Option(
            names = "--context-file",
            paramLabel = "F",
            description = "Its bytes are kept with the socket and given to the handler; at most 64 KiB.")
    private @Nullable Path contextFile;

    @Option(
            names = "--keep-alive",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wake the task after so long without activity: 1s to 7d.")
    private @Nullable Duration keepAlive;

    @Option(names = "--replace", description = "Close a socket that has this id now.")
    private boolean replace;

    void transfer(OwnedFd socket, UnaryOperator<TransferRequest> more) {
        try (socket;
                var client = broker.connect()) {
            var request = more.apply(TransferRequest.of(socket, socketId, task));
            if (contextFile != null) {
                request = request.withContext(read(contextFile));
            }
            if (keepAlive != null) {
                request = request.withKeepAlive(keepAlive);
            }
            report(client.transfer(replace ? request.replacing() : request));
        }
    }

    private void report(BrokeredSocket parked) {
        if (output.isJson()) {
            output.json(parked.message());
        } else {
            output.line("parked " + parked.id() + ": " + Sentences.of(parked) + ", wakes " + parked.task());
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new IOException("the context file " + file + " cannot be read: " + e.getMessage(), e));
        }
    }
}
