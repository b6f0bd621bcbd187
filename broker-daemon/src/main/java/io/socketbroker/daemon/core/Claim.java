package io.socketbroker.daemon.core;

import io.socketbroker.daemon.time.Timers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sockets on their way out in two phases: descriptor out, acknowledgement back. Mutable; only the rules of this package
 * change it.
 */
final class Claim {
    final int uid;
    final int pid;
    final List<SocketEntry> sockets;

    /** The launched handler that claims; null for a reclaim by an application. */
    final @Nullable Activation activation;

    /** 0 until the descriptors were sent. */
    long deliveryId;

    /** The fd.sock connection that they were sent on; only it may acknowledge. */
    long connection;

    Timers.@Nullable Timer timer;

    Claim(int uid, int pid, List<SocketEntry> sockets, @Nullable Activation activation) {
        this.uid = uid;
        this.pid = pid;
        this.sockets = List.copyOf(sockets);
        this.activation = activation;
    }
}
