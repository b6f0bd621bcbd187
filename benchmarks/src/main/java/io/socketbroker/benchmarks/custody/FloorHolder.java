package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The floor: a process that keeps descriptors in an array and answers, with nothing else in the path. A message is a number
 * and what to do with it; the answer is the same message.
 */
public final class FloorHolder implements Holder {
    private static final int MOST_HELD = 20_000;
    private static final int BYTES = 2 * Integer.BYTES;
    private static final int PUT = 0;
    private static final int DROP = 1;
    private static final int SHOW = 2;
    private static final int TAKE = 3;

    private final Exchange exchange;

    /** Becomes the owner of a connection to the holding process. */
    FloorHolder(OwnedFd connection) {
        exchange = new Exchange("the floor", connection);
    }

    /** The holding process. Argument: where to listen. Serves one connection to its end. */
    public static void main(String[] args) {
        try (OwnedFd listener = Sockets.listenUnix(Path.of(args[0]), Sockets.SOCK_SEQPACKET, 1)) {
            System.out.println("ready");
            serve(Sockets.accept(listener.fd(), false).orElseThrow());
        }
    }

    /** Until the connection, whose owner this becomes, ends. */
    static void serve(OwnedFd connection) {
        OwnedFd[] held = new OwnedFd[MOST_HELD];
        try (connection;
                DescriptorChannel channel = new DescriptorChannel(BYTES)) {
            serve(connection, channel, held);
        }
    }

    private static void serve(OwnedFd connection, DescriptorChannel channel, OwnedFd[] held) {
        while (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
            ByteBuffer question = ByteBuffer.wrap(message.payload());
            int number = question.getInt();
            int action = question.getInt();
            for (int i = 0; i < message.descriptors().size(); i++) {
                held[number + i] = message.descriptors().get(i);
            }
            channel.sendBlocking(
                    connection.fd(),
                    message.payload(),
                    action == SHOW || action == TAKE ? List.of(held[number].fd()) : List.of());
            if (action == DROP || action == TAKE) {
                held[number].close();
            }
        }
    }

    private static byte[] message(int number, int action) {
        return ByteBuffer.allocate(BYTES).putInt(number).putInt(action).array();
    }

    @Override
    public void put(int number, OwnedFd socket, long cookie) {
        exchange.ask(message(number, PUT), Holder.fds(List.of(socket))).close();
    }

    @Override
    public void putAll(int first, List<OwnedFd> sockets, List<Long> cookies) {
        exchange.ask(message(first, PUT), Holder.fds(sockets)).close();
    }

    @Override
    public OwnedFd take(int number, long cookie) {
        return exchange.ask(message(number, TAKE), List.of()).descriptors().getFirst();
    }

    @Override
    public void drop(List<Integer> numbers) {
        numbers.forEach(number -> exchange.ask(message(number, DROP)));
    }

    @Override
    public void verify(List<Long> cookies) {
        for (int number = 0; number < cookies.size(); number += CustodyProgram.SAMPLE_EVERY) {
            exchange.require(exchange.cookie(message(number, SHOW)) == cookies.get(number), "holds another " + number);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }
}
