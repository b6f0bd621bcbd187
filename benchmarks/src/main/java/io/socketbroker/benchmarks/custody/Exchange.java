package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.List;

/** One question, one answer, on a unix socket. For one thread. */
final class Exchange implements AutoCloseable {
    private static final int MOST_BYTES = 4_096;

    private final String peer;
    private final OwnedFd connection;
    private final DescriptorChannel channel = new DescriptorChannel(MOST_BYTES);

    /**
     * Becomes the owner of a connection.
     *
     * @param peer for messages
     */
    Exchange(String peer, OwnedFd connection) {
        this.peer = peer;
        this.connection = connection;
        SocketOptions.setReceiveTimeout(connection.fd(), Holder.PATIENCE);
        SocketOptions.setSendTimeout(connection.fd(), Holder.PATIENCE);
    }

    /** Gives the answer, whose descriptors become the caller's. */
    Received.Message ask(byte[] question, List<Fd> descriptors) {
        if (!channel.sendBlocking(connection.fd(), question, descriptors)) {
            throw new InvalidRunException(peer + " does not read");
        }
        if (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
            return message;
        }
        throw new InvalidRunException(peer + " is silent, or has ended");
    }

    /** Gives an answer that has no descriptors. */
    byte[] ask(byte[] question) {
        try (Received.Message answer = ask(question, List.of())) {
            return answer.payload();
        }
    }

    /** The cookie of the only descriptor of an answer. */
    long cookie(byte[] question) {
        try (Received.Message answer = ask(question, List.of())) {
            if (answer.descriptors().isEmpty()) {
                throw new InvalidRunException(peer + " does not give back what it was given");
            }
            return SocketOptions.cookie(answer.descriptors().getFirst().fd());
        }
    }

    /** Compares, for {@link Holder#verify}. */
    void require(boolean right, String what) {
        if (!right) {
            throw new InvalidRunException(peer + ": " + what);
        }
    }

    @Override
    public void close() {
        channel.close();
        connection.close();
    }
}
