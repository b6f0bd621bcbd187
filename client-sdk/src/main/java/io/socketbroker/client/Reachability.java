package io.socketbroker.client;

import com.google.rpc.Code;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Finds out before the first call what would otherwise fail late and unclear. Stateless; any thread. */
final class Reachability {

    /** sun_path of unix(7) without its closing zero. */
    private static final int MAX_PATH_BYTES = 107;

    private Reachability() {}

    static void require(RuntimeDirectory directory) {
        var socket = directory.grpcSocket();
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new BrokerException(
                    Code.INVALID_ARGUMENT,
                    "the path " + socket + " has " + bytes + " bytes, above the " + MAX_PATH_BYTES
                            + " of a unix socket: choose a shorter runtime folder");
        }
        if (!Files.exists(socket)) {
            throw new BrokerException(Code.UNAVAILABLE, GrpcErrors.unreachable(directory));
        }
    }
}
