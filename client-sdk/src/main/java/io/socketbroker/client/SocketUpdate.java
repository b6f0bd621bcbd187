package io.socketbroker.client;

import io.socketbroker.v1.UpdateSocketRequest;
import java.time.Duration;

/**
 * A change of a socket where it is. Immutable; each {@code with} gives a changed copy.
 *
 * @param message what goes to the broker, without the name of the socket
 */
public record SocketUpdate(UpdateSocketRequest message) {

    /** Changes nothing by itself. */
    public static SocketUpdate none() {
        return new SocketUpdate(UpdateSocketRequest.getDefaultInstance());
    }

    /** A new context. */
    public SocketUpdate withContext(byte[] context) {
        return new SocketUpdate(
                message.toBuilder().setContext(Protos.bytes(context)).build());
    }

    /** A new keep-alive time, 1 s to 7 days; zero means none. */
    public SocketUpdate withKeepAlive(Duration interval) {
        return withKeepAlive(KeepAliveOptions.every(interval));
    }

    /** A new keep-alive, instead of all of the former one. */
    public SocketUpdate withKeepAlive(KeepAliveOptions keepAlive) {
        return new SocketUpdate(
                message.toBuilder().setKeepAlive(keepAlive.message()).build());
    }

    /** New options, instead of all former ones; the accept mode of a listener cannot change. */
    public SocketUpdate withOptions(ParkingOptions options) {
        return new SocketUpdate(
                message.toBuilder().setOptions(options.message()).build());
    }

    /** Refuse with STALE_GENERATION if the socket changed its owner since. */
    public SocketUpdate ifGeneration(long expected) {
        return new SocketUpdate(
                message.toBuilder().setExpectedGeneration(expected).build());
    }
}
