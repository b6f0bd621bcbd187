package io.socketbroker.cli;

import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.RuntimeDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which broker, and on whose behalf. */
final class BrokerOptions {

    @Option(
            names = "--runtime-dir",
            paramLabel = "D",
            description = "Folder of the broker's sockets. Default: $" + RuntimeDirectory.ENVIRONMENT_VARIABLE
                    + ", else /run/socketbroker for root, else $XDG_RUNTIME_DIR/socketbroker.")
    private @Nullable Path runtimeDirectory;

    @Option(
            names = "--app",
            paramLabel = "APP",
            defaultValue = "",
            description = "Application that owns tasks and sockets. Default: the broker's, uid-<uid>; for lists: all.")
    private String app = "";

    @Option(names = "--uid", paramLabel = "UID", description = "Root only: whose tasks and sockets.")
    private @Nullable Integer uid;

    BrokerClient connect() {
        var builder = BrokerClient.builder().app(app);
        if (runtimeDirectory != null) {
            builder.runtimeDirectory(runtimeDirectory);
        }
        if (uid != null) {
            builder.uid(uid);
        }
        return builder.connect();
    }
}
