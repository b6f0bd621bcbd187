package io.socketbroker.cli;

import io.socketbroker.client.ReclaimedSocket;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Exec;
import io.socketbroker.linux.SpawnRequest.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a socket back and becomes the given command with it. */
@Command(
        name = "reclaim",
        mixinStandardHelpOptions = true,
        description = "Takes a socket back from the broker and runs a command with it.")
final class ReclaimCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(
            names = "--fd",
            paramLabel = "N",
            description = "The command finds the socket on this descriptor only, blocking or not as it was parked."
                    + " Default: on 0 and 1, blocking, as inetd does.")
    private @Nullable Integer target;

    @Option(names = "--context-file", paramLabel = "F", description = "Write the bytes kept with the socket there.")
    private @Nullable Path contextFile;

    @Parameters(index = "0", paramLabel = "ID", description = "The socket.")
    private String socketId = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "The command, after \"--\".")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        if (target != null && target < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--fd " + target + " is negative");
        }
        // Before the socket is taken: a typing mistake must not cost a connection.
        var program = Programs.find(command.getFirst());
        ReclaimedSocket socket;
        try (var client = broker.connect()) {
            socket = client.reclaim(socketId);
        }
        try (socket) {
            writeContext(socket);
            var failure = become(program, socket);
            parkAgain(socket);
            throw new CommandFailure(
                    ExitCode.NOT_EXECUTABLE, failure + "; the socket " + socketId + " is parked again");
        }
    }

    private void writeContext(ReclaimedSocket socket) {
        if (contextFile == null) {
            return;
        }
        try {
            Files.write(contextFile, socket.context());
        } catch (IOException e) {
            parkAgain(socket);
            throw new UncheckedIOException(new IOException(
                    "the context file " + contextFile + " cannot be written, so the socket is parked again: "
                            + e.getMessage(),
                    e));
        }
    }

    private String become(Path program, ReclaimedSocket socket) {
        var fd = socket.descriptor().fd();
        if (target == null) {
            DescriptorFlags.setNonBlocking(fd, false);
        }
        var mappings =
                target == null ? List.of(new Mapping(fd, 0), new Mapping(fd, 1)) : List.of(new Mapping(fd, target));
        return String.valueOf(Exec.replaceProcess(program.toString(), command, System.getenv(), mappings)
                .getMessage());
    }

    private void parkAgain(ReclaimedSocket socket) {
        var former = socket.socket();
        var request = TransferRequest.of(socket.descriptor(), former.id(), former.task())
                .withContext(former.context())
                .withOptions(former.options());
        if (former.keepAlive().isPresent()) {
            request = request.withKeepAlive(former.keepAliveOptions());
        }
        try (var client = broker.connect()) {
            client.transfer(request);
        }
    }
}
