package io.socketbroker.cli;

import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.UnregisterTaskResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Removes a task. */
@Command(name = "unregister", mixinStandardHelpOptions = true, description = "Removes a task.")
final class TaskUnregisterCommand implements Callable<Integer> {

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--sockets",
            paramLabel = "WHAT",
            converter = DispositionConverter.class,
            defaultValue = "refuse",
            description = "What becomes of its sockets. refuse (default): keep the task if there are any."
                    + " orphan: they wait for a task of that name. close: they are closed.")
    private SocketDisposition sockets = SocketDisposition.SOCKET_DISPOSITION_UNSPECIFIED;

    @Parameters(paramLabel = "NAME", description = "The task.")
    private String name = "";

    @Override
    public Integer call() {
        int affected;
        try (var client = broker.connect()) {
            affected = client.unregisterTask(name, sockets);
        }
        if (output.isJson()) {
            output.json(UnregisterTaskResponse.newBuilder().setAffectedSockets(affected));
        } else {
            output.line("unregistered " + name + (affected == 0 ? "" : "; sockets affected: " + affected));
        }
        return ExitCode.OK;
    }

    /** The words of --sockets. */
    static final class DispositionConverter implements ITypeConverter<SocketDisposition> {
        @Override
        public SocketDisposition convert(String text) {
            return switch (text) {
                case "refuse" -> SocketDisposition.SOCKET_DISPOSITION_UNSPECIFIED;
                case "orphan" -> SocketDisposition.SOCKET_DISPOSITION_ORPHAN;
                case "close" -> SocketDisposition.SOCKET_DISPOSITION_CLOSE;
                default -> throw new TypeConversionException("'" + text + "' is not refuse, orphan or close");
            };
        }
    }
}
