package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.v1.KeepAlive;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Context and keep-alive of sockets that were taken back, for the transfer that returns them without new ones (the
 * one-argument TransferOwnership of Windows). Bounded: the oldest are forgotten.
 */
final class FormerOwnership {
    private static final int MOST_SOCKETS = 1_024;
    private static final int MOST_BYTES = 8 << 20;

    private final LinkedHashMap<Long, Former> byCookie = new LinkedHashMap<>();
    private long bytes;

    /** What a socket had when it left. */
    record Former(SocketName name, ByteString context, KeepAlive keepAlive) {}

    void remember(SocketEntry socket) {
        forget(socket.cookie);
        byCookie.put(socket.cookie, new Former(socket.name, socket.context, socket.keepAlive));
        bytes += socket.context.size();
        while (byCookie.size() > MOST_SOCKETS || bytes > MOST_BYTES) {
            forget(byCookie.firstEntry().getKey());
        }
    }

    /** Of the same kernel socket under the same name. */
    Optional<Former> of(SocketName name, long cookie) {
        return Optional.ofNullable(byCookie.get(cookie))
                .filter(former -> former.name().equals(name));
    }

    void forget(long cookie) {
        Former former = byCookie.remove(cookie);
        if (former != null) {
            bytes -= former.context().size();
        }
    }
}
