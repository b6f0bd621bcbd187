package io.socketbroker.client;

import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.SocketState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A socket as the broker knew it when it answered. Immutable.
 *
 * @param message the answer itself, with what has no accessor here
 */
public record BrokeredSocket(Socket message) {

    /** The id that its application chose. */
    public String id() {
        return message.getKey().getSocketId();
    }

    /** Its full name: application, id and uid. */
    public SocketKey key() {
        return message.getKey();
    }

    /** Stream, listener, datagram or seqpacket. */
    public SocketKind kind() {
        return message.getKind();
    }

    /** Where it is in its life. */
    public SocketState state() {
        return message.getState();
    }

    /** The task that is woken. */
    public String task() {
        return message.getTask();
    }

    /** SO_COOKIE (socket(7)): the same as long as the kernel socket lives, whoever holds it. */
    public long cookie() {
        return message.getCookie();
    }

    /** Grows at each change of owner. */
    public long generation() {
        return message.getGeneration();
    }

    /** Its own address, for example "127.0.0.1:80". */
    public String localAddress() {
        return message.getLocal().getText();
    }

    /** The other end's address; empty when not connected. */
    public Optional<String> peerAddress() {
        return message.hasPeer() ? Optional.of(message.getPeer().getText()) : Optional.empty();
    }

    /**
     * The bytes left with it; empty in answers to {@link BrokerClient#listSockets}, which has only {@link
     * #contextBytes}.
     */
    public byte[] context() {
        return message.getContext().toByteArray();
    }

    /** Size of the context. */
    public int contextBytes() {
        return message.getContextBytes();
    }

    /** After so long without activity its handler is woken, or the broker sends its probe. */
    public Optional<Duration> keepAlive() {
        return keepAliveOptions().interval();
    }

    /** All of its keep-alive. */
    public KeepAliveOptions keepAliveOptions() {
        return new KeepAliveOptions(message.getKeepAlive());
    }

    /** The keep-alive interval that the broker uses now: another than {@link #keepAlive} when that is adaptive. */
    public Optional<Duration> effectiveInterval() {
        return Optional.of(Protos.duration(message.getEffectiveInterval())).filter(Duration::isPositive);
    }

    /** What the broker does for it beyond watching. */
    public ParkingOptions options() {
        return new ParkingOptions(message.getOptions());
    }

    /** Probes that the broker sent. */
    public long probesSent() {
        return message.getProbesSent();
    }

    /** Replies to probes that the broker consumed. */
    public long repliesConsumed() {
        return message.getRepliesConsumed();
    }

    /** Requests that the broker answered by itself. */
    public long answersSent() {
        return message.getAnswersSent();
    }

    /** Datagrams of other sources that the wake rule discarded. */
    public long datagramsDiscarded() {
        return message.getDatagramsDiscarded();
    }

    /** When it was parked last. */
    public Instant parkedAt() {
        return Protos.instant(message.getParkedAt());
    }
}
