package io.socketbroker.client;

import io.socketbroker.linux.Users;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder that holds the two sockets of a broker. Immutable.
 *
 * @param path the folder, absolute
 */
public record RuntimeDirectory(Path path) {

    /** Names the folder where no option does. */
    public static final String ENVIRONMENT_VARIABLE = "SOCKETBROKER_RUNTIME_DIR";

    public RuntimeDirectory {
        path = path.toAbsolutePath().normalize();
    }

    /**
     * The folder by SOCKETBROKER_RUNTIME_DIR, else /run/socketbroker for root, else $XDG_RUNTIME_DIR/socketbroker.
     *
     * @throws IllegalStateException if none of these names one
     */
    public static RuntimeDirectory ofEnvironment() {
        return find(System.getenv(), Users.uid())
                .orElseThrow(() -> new IllegalStateException("neither " + ENVIRONMENT_VARIABLE
                        + " nor XDG_RUNTIME_DIR is set: set one, or name the broker's runtime folder"));
    }

    static Optional<RuntimeDirectory> find(Map<String, String> environment, int uid) {
        var named = environment.getOrDefault(ENVIRONMENT_VARIABLE, "");
        if (!named.isEmpty()) {
            return Optional.of(new RuntimeDirectory(Path.of(named)));
        }
        if (uid == 0) {
            return Optional.of(new RuntimeDirectory(Path.of("/run/socketbroker")));
        }
        var userFolder = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return userFolder.isEmpty()
                ? Optional.empty()
                : Optional.of(new RuntimeDirectory(Path.of(userFolder, "socketbroker")));
    }

    /** Where the broker serves gRPC. */
    public Path grpcSocket() {
        return path.resolve("grpc.sock");
    }

    /** Where descriptors go over. */
    public Path fdSocket() {
        return path.resolve("fd.sock");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
