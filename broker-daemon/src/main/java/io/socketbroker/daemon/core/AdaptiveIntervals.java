package io.socketbroker.daemon.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.KeepAlive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keep-alive intervals that were learnt: longer while the connections to a destination hold, shorter when a peer was lost.
 * What drops idle connections is a middlebox on the way, so all sockets of one user to one destination learn together.
 */
final class AdaptiveIntervals {
    private static final int MOST_DESTINATIONS = 4_096;
    private static final int HELD_BEFORE_LONGER = 2;
    private static final long CEILING_HOLDS_NANOS = 3_600_000_000_000L;
    private static final int DEFAULT_GROWTH = 8;

    private final Map<Destination, Learnt> learnt = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Destination, Learnt> eldest) {
            return size() > MOST_DESTINATIONS;
        }
    };

    private record Destination(int uid, Endpoint peer) {}

    private static final class Learnt {
        long intervalNanos;
        int held;
        long ceilingNanos = Long.MAX_VALUE;
        long ceilingUntilNanos;

        Learnt(long intervalNanos) {
            this.intervalNanos = intervalNanos;
        }
    }

    /** The interval to use now; what the socket asks for if that is not adaptive. */
    long intervalNanos(SocketEntry socket) {
        long least = Parking.intervalNanos(socket.keepAlive);
        if (!socket.keepAlive.getAdaptive()) {
            return least;
        }
        long known = destination(socket)
                .map(learnt::get)
                .map(entry -> entry.intervalNanos)
                .orElse(least);
        return Math.clamp(known, least, mostNanos(socket.keepAlive, least));
    }

    /** The connection was there after so long. */
    void held(SocketEntry socket, long nowNanos) {
        if (!socket.keepAlive.getAdaptive()) {
            return;
        }
        long usedNanos = intervalNanos(socket);
        long least = Parking.intervalNanos(socket.keepAlive);
        destination(socket).ifPresent(destination -> {
            Learnt entry = learnt.computeIfAbsent(destination, _ -> new Learnt(usedNanos));
            if (++entry.held < HELD_BEFORE_LONGER) {
                return;
            }
            entry.held = 0;
            long ceiling = nowNanos < entry.ceilingUntilNanos ? entry.ceilingNanos : Long.MAX_VALUE;
            entry.intervalNanos =
                    Math.min(usedNanos + usedNanos / 2, Math.min(ceiling, mostNanos(socket.keepAlive, least)));
        });
    }

    /** The connection was gone, or its peer silent, after so long. */
    void lost(SocketEntry socket, long nowNanos) {
        if (!socket.keepAlive.getAdaptive()) {
            return;
        }
        long usedNanos = intervalNanos(socket);
        long least = Parking.intervalNanos(socket.keepAlive);
        destination(socket).ifPresent(destination -> {
            Learnt entry = learnt.computeIfAbsent(destination, _ -> new Learnt(usedNanos));
            entry.held = 0;
            entry.intervalNanos = Math.max(least, usedNanos / 2);
            // Not as long again for a while, or it would go up and down for ever.
            entry.ceilingNanos = Math.max(least, usedNanos - usedNanos / 4);
            entry.ceilingUntilNanos = nowNanos + CEILING_HOLDS_NANOS;
        });
    }

    private static Optional<Destination> destination(SocketEntry socket) {
        return socket.candidate().peer().map(peer -> new Destination(socket.name.uid(), peer));
    }

    private static long mostNanos(KeepAlive keepAlive, long leastNanos) {
        return keepAlive.hasMaxInterval()
                ? Durations.toNanos(keepAlive.getMaxInterval())
                : Math.min(leastNanos * DEFAULT_GROWTH, Durations.toNanos(OptionRules.LONGEST_KEEP_ALIVE));
    }
}
