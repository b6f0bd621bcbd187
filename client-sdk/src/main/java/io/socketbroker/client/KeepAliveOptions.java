package io.socketbroker.client;

import io.socketbroker.v1.KeepAlive;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How often the peer of a socket wants to hear from it, and what the broker itself says to it. Immutable; each {@code
 * with} gives a changed copy. The broker checks the values, not this class.
 *
 * <pre>{@code
 * KeepAliveOptions.every(Duration.ofSeconds(30)).withProbe(pingreq).expecting(pingresp)
 * }</pre>
 *
 * @param message what goes to the broker
 */
public record KeepAliveOptions(KeepAlive message) {

    /**
     * Wakes the handler after so long without activity: 1 s to 7 days of time in which the host may sleep
     * (CLOCK_BOOTTIME of clock_gettime(2)). Zero means never.
     */
    public static KeepAliveOptions every(Duration interval) {
        return new KeepAliveOptions(Protos.keepAlive(interval));
    }

    /** No keep-alive any more. */
    public static KeepAliveOptions none() {
        return every(Duration.ZERO);
    }

    /** With another interval, see {@link #every}. */
    public KeepAliveOptions withInterval(Duration interval) {
        return with(message.toBuilder().setInterval(Protos.duration(interval)));
    }

    /**
     * Bytes that the broker sends at every interval instead of a wake; at most 2048, none by default. For connections
     * only. They are sent whole or not at all: while earlier bytes are not acknowledged the handler is woken instead.
     */
    public KeepAliveOptions withProbe(byte[] probe) {
        return with(message.toBuilder().setProbe(Protos.bytes(probe)));
    }

    /**
     * Adds an answer to the probe that the broker consumes without a wake, if what can be read is exactly it; at most 8 of
     * 2048 bytes. Anything else wakes the handler with every byte unread.
     */
    public KeepAliveOptions expecting(byte[] reply) {
        return with(message.toBuilder().addExpectedReplies(Protos.bytes(reply)));
    }

    /** Other expected answers instead of those so far. */
    public KeepAliveOptions withExpectedReplies(List<byte[]> replies) {
        return with(message.toBuilder()
                .clearExpectedReplies()
                .addAllExpectedReplies(replies.stream().map(Protos::bytes).toList()));
    }

    /**
     * With expected answers: wakes the handler if none of them came so long after the probe. 100 ms to the interval; zero
     * means the default, the interval but at most 30 s.
     */
    public KeepAliveOptions withReplyTimeout(Duration bound) {
        return with(
                bound.isZero()
                        ? message.toBuilder().clearReplyTimeout()
                        : message.toBuilder().setReplyTimeout(Protos.duration(bound)));
    }

    /**
     * Whether the broker lengthens the interval while the connection holds, and shortens it when the peer is lost; learnt
     * for each destination. Off by default. Needs a probe; the interval is the shortest one then.
     */
    public KeepAliveOptions withAdaptive(boolean adaptive) {
        return with(message.toBuilder().setAdaptive(adaptive));
    }

    /**
     * With adaptive: the longest interval, from the interval to 7 days; zero means the default, 8 intervals but at most 7
     * days.
     */
    public KeepAliveOptions withMaxInterval(Duration longest) {
        return with(
                longest.isZero()
                        ? message.toBuilder().clearMaxInterval()
                        : message.toBuilder().setMaxInterval(Protos.duration(longest)));
    }

    /** The time without activity; empty for none. */
    public Optional<Duration> interval() {
        return Optional.of(Protos.duration(message.getInterval())).filter(Duration::isPositive);
    }

    private static KeepAliveOptions with(KeepAlive.Builder changed) {
        return new KeepAliveOptions(changed.build());
    }
}
