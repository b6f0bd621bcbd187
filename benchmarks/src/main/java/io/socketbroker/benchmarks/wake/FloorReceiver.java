package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.List;

/** The floor's receiving side, see {@link FloorWatcher}. */
final class FloorReceiver implements Receiver {
    private final OwnedFd connection;
    private final Ledger ledger;
    private final DescriptorChannel channel = new DescriptorChannel(FloorWatcher.MOST_BYTES);
    private long receivedNanos;
    private long returningNanos;
    private long returnedNanos;
    private int givenBack;
    private int messages;

    /** Becomes the owner of a connection to a watcher. */
    FloorReceiver(OwnedFd connection, Ledger ledger) {
        this.connection = connection;
        this.ledger = ledger;
        SocketOptions.setReceiveTimeout(connection.fd(), PATIENCE);
        SocketOptions.setSendTimeout(connection.fd(), PATIENCE);
    }

    @Override
    public void park(List<OwnedFd> sockets, int first) {
        send(Indices.encode(List.of(first)), sockets);
        sockets.forEach(OwnedFd::close);
        receive();
    }

    @Override
    public void attach() {
        // The connection is all there is.
    }

    @Override
    public int work(int count) {
        givenBack = 0;
        messages = 0;
        while (givenBack < count) {
            Received.Message message = receive();
            receivedNanos = System.nanoTime();
            List<Integer> indices = Indices.decode(message.payload());
            if (message.descriptors().isEmpty()) {
                givenBack += indices.size();
                returnedNanos = receivedNanos;
            } else {
                handle(indices, message);
            }
        }
        return messages;
    }

    private void handle(List<Integer> indices, Received.Message message) {
        messages++;
        if (message.descriptors().size() != indices.size()) {
            throw new InvalidRunException("the floor lost descriptors on their way");
        }
        for (int i = 0; i < indices.size(); i++) {
            ledger.check(indices.get(i), message.descriptors().get(i).fd());
        }
        message.close();
        returningNanos = System.nanoTime();
        send(message.payload(), List.of());
    }

    private void send(byte[] payload, List<OwnedFd> descriptors) {
        if (!channel.sendBlocking(
                connection.fd(), payload, descriptors.stream().map(OwnedFd::fd).toList())) {
            throw new InvalidRunException("the floor's watcher does not read");
        }
    }

    private Received.Message receive() {
        if (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
            return message;
        }
        throw new InvalidRunException("the floor's watcher is silent, or has ended");
    }

    @Override
    public List<String> stages() {
        return List.of("");
    }

    @Override
    public List<Long> reachedNanos() {
        return List.of(receivedNanos);
    }

    @Override
    public long returnNanos() {
        return returnedNanos - returningNanos;
    }

    @Override
    public void rest() {
        // It has no credit.
    }

    @Override
    public void close() {
        channel.close();
        connection.close();
    }
}
