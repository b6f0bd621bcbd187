package io.socketbroker.daemon.vault;

import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.ResourceLimits;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The vault's main class: {@code socketbroker vault --socket PATH}. It serves until SIGTERM or SIGINT and ends with status
 * 0; what it holds is closed by that. Nothing else ends it, neither the end of its broker nor time, unless it is told to go
 * when it holds nothing. Status 1: it could not start; 2: its options are wrong.
 *
 * <p>It writes one line on standard error once it serves, or one that says why it does not.
 */
public final class Vault {
    private static final int CANNOT_START = 1;
    private static final int USAGE_ERROR = 2;

    /** Begins the line that says that it serves. */
    public static final String SERVING = "socketbroker: vault serving on ";

    /** For a vault that a broker starts: nobody else would end it. */
    public static final String TRANSIENT = "--transient";

    /** Longer than a broker takes to start again. */
    private static final int LONGEST_IDLE_MILLIS = 10_000;

    private static final String OPTION = "--socket";
    private static final String USAGE = """
            Usage: socketbroker vault --socket PATH [--transient]
            Holds a duplicate of every socket of a broker, so that they outlive the broker.
            Serves its own user only. Ends on SIGTERM or SIGINT, which closes what it holds.

              --socket PATH  Unix socket to serve on; PATH.lock beside it keeps a second
                             vault away. The broker's own is vault.sock in its runtime
                             folder.
              --transient    End after 10 seconds without a broker and without sockets.
              --help         Shows this.
            """;

    private Vault() {}

    /** See the class. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--help")) {
            System.out.print(USAGE);
            return;
        }
        boolean isTransient = args.length > 1 && args[args.length - 1].equals(TRANSIENT);
        String socket = socket(isTransient ? Arrays.copyOf(args, args.length - 1) : args);
        if (socket.isEmpty()) {
            System.err.print(USAGE);
            System.exit(USAGE_ERROR);
        }
        try {
            serve(Path.of(socket), isTransient);
        } catch (IOException | LinuxException | InvalidPathException e) {
            System.err.println("socketbroker: the vault cannot start: ".concat(String.valueOf(e.getMessage())));
            System.exit(CANNOT_START);
        }
    }

    private static String socket(String[] args) {
        if (args.length == 2 && args[0].equals(OPTION)) {
            return args[1];
        }
        String prefix = OPTION.concat("=");
        return args.length == 1 && args[0].startsWith(prefix) ? args[0].substring(prefix.length()) : "";
    }

    private static void serve(Path path, boolean isTransient) throws IOException {
        SocketFile socket = SocketFile.lock(path);
        ResourceLimits.Limit limit = ResourceLimits.openFiles();
        if (limit.soft() != limit.hard()) {
            ResourceLimits.setOpenFiles(limit.hard(), limit.hard());
        }
        VaultServer server = new VaultServer(socket.listen());
        Runtime.getRuntime().addShutdownHook(new Ending(socket));
        System.err.println(SERVING.concat(socket.path().toString()));
        server.run(isTransient ? LONGEST_IDLE_MILLIS : VaultServer.FOREVER);
        System.exit(0);
    }

    /** A stop on request is a success; by itself the JVM would end with 128 + the signal. */
    private static final class Ending extends Thread {
        private final SocketFile socket;

        private Ending(SocketFile socket) {
            super("stop");
            this.socket = socket;
        }

        @Override
        public void run() {
            socket.remove();
            Runtime.getRuntime().halt(0);
        }
    }
}
