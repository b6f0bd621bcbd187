package io.socketbroker.client;

import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.AutoAnswer;
import io.socketbroker.v1.SocketOptions;
import java.time.Duration;

/**
 * What the broker does for one parked socket beyond watching it. Immutable; each {@code with} gives a changed copy. The
 * broker checks the values, not this class.
 *
 * <pre>{@code
 * ParkingOptions.none().withWakeRule(WakeRule.any().withCompleteLine()).withExpiry(Duration.ofDays(1))
 * }</pre>
 *
 * @param message what goes to the broker
 */
public record ParkingOptions(SocketOptions message) {

    /** All defaults. */
    public static ParkingOptions none() {
        return new ParkingOptions(SocketOptions.getDefaultInstance());
    }

    /** Listeners: whether the broker accepts (the default), or the handler gets the listener. */
    public ParkingOptions withAcceptMode(AcceptMode mode) {
        return with(message.toBuilder().setAcceptMode(mode));
    }

    /** Which bytes wake a handler; on a listener it is for the connections that the broker accepts. All by default. */
    public ParkingOptions withWakeRule(WakeRule rule) {
        return with(
                rule.equals(WakeRule.any())
                        ? message.toBuilder().clearWakeFilter()
                        : message.toBuilder().setWakeFilter(rule.message()));
    }

    /**
     * Adds a request that the broker answers by itself, if what can be read is exactly it: the response is sent whole, and
     * the request is consumed without a wake. At most 16, each side of at most 2048 bytes. For connections and connected
     * datagram sockets.
     */
    public ParkingOptions answering(byte[] request, byte[] response) {
        return with(message.toBuilder()
                .addAutoAnswers(AutoAnswer.newBuilder()
                        .setRequest(Protos.bytes(request))
                        .setResponse(Protos.bytes(response))));
    }

    /** Answers nothing by itself: the default. */
    public ParkingOptions withoutAnswers() {
        return with(message.toBuilder().clearAutoAnswers());
    }

    /** Whether the handler is also woken when the host's addresses or routes change. Off by default. */
    public ParkingOptions withNetworkChanges(boolean notify) {
        return with(message.toBuilder().setNotifyNetworkChanged(notify));
    }

    /** Closes the socket when it was parked so long without a wake: 1 s to 365 days. Zero means never, the default. */
    public ParkingOptions withExpiry(Duration time) {
        return with(
                time.isZero()
                        ? message.toBuilder().clearExpiresAfter()
                        : message.toBuilder().setExpiresAfter(Protos.duration(time)));
    }

    /**
     * Listeners whose connections the broker accepts: a connection wakes a handler when its first bytes are there and
     * pass the wake rule, and is closed without a wake when that takes longer than this. 100 ms to 1 hour; zero means that
     * each connection wakes at once, the default, and then there may be no wake rule.
     */
    public ParkingOptions withFirstBytesTimeout(Duration bound) {
        return with(
                bound.isZero()
                        ? message.toBuilder().clearFirstBytesTimeout()
                        : message.toBuilder().setFirstBytesTimeout(Protos.duration(bound)));
    }

    /** Which bytes wake a handler. */
    public WakeRule wakeRule() {
        return new WakeRule(message.getWakeFilter());
    }

    private static ParkingOptions with(SocketOptions.Builder changed) {
        return new ParkingOptions(changed.build());
    }
}
