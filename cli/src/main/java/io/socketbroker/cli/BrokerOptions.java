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
        return connect(app);
    }

    /** For a command that is for one application only. */
    BrokerClient connectTo(String onlyApp) {
        if (!app.isEmpty() && !app.equals(onlyApp)) {
            throw new CommandFailure(ExitCode.USAGE, "this is for the application " + onlyApp + "; leave --app out");
        }
        return connect(onlyApp);
    }

    private BrokerClient connect(String application) {
        var builder = BrokerClient.builder().app(application);
        if (runtimeDirectory != null) {
            builder.runtimeDirectory(runtimeDirectory);
        }
        if (uid != null) {
            builder.uid(uid);
        }
        return builder.connect();
    }
}
