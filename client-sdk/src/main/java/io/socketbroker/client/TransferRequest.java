package io.socketbroker.client;

import io.netty.channel.Channel;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.TransferItem;
import java.nio.channels.NetworkChannel;
import java.time.Duration;

/**
 * A socket to hand over, and what the broker does with it. Immutable but for the socket; each {@code with} gives a
 * changed copy of the same socket, of which one is used, once. The broker checks the values, not this class.
 *
 * <pre>{@code
 * client.transfer(TransferRequest.of(socket, "conversation-7", "chat")
 *         .withContext(state)
 *         .withKeepAlive(Duration.ofMinutes(2)));
 * }</pre>
 */
public final class TransferRequest {

    private final HandedSocket socket;
    private final TransferItem item;

    private TransferRequest(HandedSocket socket, TransferItem item) {
        this.socket = socket;
        this.item = item;
    }

    private TransferRequest(HandedSocket socket, String socketId, String task) {
        this(
                socket,
                TransferItem.newBuilder().setSocketId(socketId).setTask(task).build());
    }

    /**
     * A descriptor. It moves: closed when the broker has it, still open and the caller's after a refusal.
     *
     * @param socketId unique within the application: 1 to 255 printable ASCII characters without spaces
     * @param task the task to wake
     */
    public static TransferRequest of(OwnedFd socket, String socketId, String task) {
        return new TransferRequest(new DescriptorSource(socket), socketId, task);
    }

    /**
     * A channel of Netty's epoll transport: a connection, listener or datagram socket of TCP, UDP or AF_UNIX. It stops
     * reading and leaves its event loop; closed when the broker has it, after a refusal back on its event loop as
     * before. Not to be called on that event loop in the blocking form.
     *
     * <p>Bytes that the pipeline has read already are not handed over; a channel with unflushed writes is refused.
     */
    public static TransferRequest of(Channel channel, String socketId, String task) {
        return new TransferRequest(new NettySource(channel), socketId, task);
    }

    /**
     * A SocketChannel, ServerSocketChannel or DatagramChannel of the JDK, which must not be registered with a selector.
     * Closed when the broker has it, untouched after a refusal. The JDK keeps its descriptor to itself: the JVM needs
     * {@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}.
     */
    public static TransferRequest of(NetworkChannel channel, String socketId, String task) {
        return new TransferRequest(new NioSource(channel), socketId, task);
    }

    /**
     * Bytes kept with the socket and given to the handler; at most 64 KiB by default. Without this call the former
     * context of the socket stays.
     */
    public TransferRequest withContext(byte[] context) {
        return with(item.toBuilder().setContext(Protos.bytes(context)));
    }

    /**
     * Wakes the handler after so long without activity: 1 s to 7 days; zero means never. Without this call the former
     * time stays.
     */
    public TransferRequest withKeepAlive(Duration interval) {
        return withKeepAlive(KeepAliveOptions.every(interval));
    }

    /** As {@link #withKeepAlive(Duration)}, with what the broker itself sends and consumes. */
    public TransferRequest withKeepAlive(KeepAliveOptions keepAlive) {
        return with(item.toBuilder().setKeepAlive(keepAlive.message()));
    }

    /** Listeners: whether the broker accepts, or the handler gets the listener. */
    public TransferRequest withAcceptMode(AcceptMode mode) {
        return withOptions(item.getOptions().toBuilder().setAcceptMode(mode).build());
    }

    /** What the broker does beyond watching, instead of the options so far; the accept mode is among them. */
    public TransferRequest withOptions(ParkingOptions options) {
        return withOptions(options.message());
    }

    /** All options that the protocol knows. */
    public TransferRequest withOptions(SocketOptions options) {
        return with(item.toBuilder().setOptions(options));
    }

    /** Closes a socket that has this id now, instead of a refusal. */
    public TransferRequest replacing() {
        return with(item.toBuilder().setReplace(true));
    }

    private TransferRequest with(TransferItem.Builder changed) {
        return new TransferRequest(socket, changed.build());
    }

    HandedSocket socket() {
        return socket;
    }

    TransferItem item() {
        return item;
    }
}
