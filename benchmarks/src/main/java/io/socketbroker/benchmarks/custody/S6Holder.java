package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * s6-fdholderd, by one connection that stays: what a program that is linked with libs6 does. Its messages are those that its
 * own programs send: six bytes of length and number of descriptors, then a letter and its arguments; the answer is an errno.
 */
final class S6Holder implements Holder {
    private static final int HEADER_BYTES = Integer.BYTES + Short.BYTES;
    private static final int TIME_BYTES = 12;
    /** A TAI64N label that is never reached: no expiry. */
    private static final long NEVER = 0x6000_0000_0000_0000L;

    private final Exchange exchange;

    S6Holder(Path socket) {
        exchange = new Exchange("s6-fdholderd", Sockets.connectUnix(socket, Sockets.SOCK_STREAM));
    }

    static String identifier(int number) {
        return "socket-" + number;
    }

    /** A message: letter, what is between, and the identifier with its length before and a zero after it. */
    private static byte[] message(char letter, byte[] between, int number, int descriptors) {
        byte[] identifier = identifier(number).getBytes(StandardCharsets.US_ASCII);
        int length = 1 + between.length + 1 + identifier.length + 1;
        return ByteBuffer.allocate(HEADER_BYTES + length)
                .putInt(length)
                .putShort((short) descriptors)
                .put((byte) letter)
                .put(between)
                .put((byte) identifier.length)
                .put(identifier)
                .array();
    }

    private void requireSuccess(byte[] answer, int number) {
        exchange.require(
                answer.length == HEADER_BYTES + 1 && answer[HEADER_BYTES] == 0,
                "says errno " + answer[answer.length - 1] + " for " + identifier(number));
    }

    @Override
    public void put(int number, OwnedFd socket, long cookie) {
        byte[] never = ByteBuffer.allocate(TIME_BYTES).putLong(NEVER).array();
        try (Received.Message answer = exchange.ask(message('S', never, number, 1), Holder.fds(List.of(socket)))) {
            requireSuccess(answer.payload(), number);
        }
    }

    @Override
    public void drop(List<Integer> numbers) {
        numbers.forEach(number -> requireSuccess(exchange.ask(message('D', new byte[0], number, 0)), number));
    }

    @Override
    public OwnedFd take(int number, long cookie) {
        byte[] andDelete = {1};
        Received.Message answer = exchange.ask(message('R', andDelete, number, 0), List.of());
        requireSuccess(answer.payload(), number);
        return answer.descriptors().getFirst();
    }

    @Override
    public void verify(List<Long> cookies) {
        byte[] andKeep = {0};
        for (int number = 0; number < cookies.size(); number += CustodyProgram.SAMPLE_EVERY) {
            exchange.require(
                    exchange.cookie(message('R', andKeep, number, 0)) == cookies.get(number),
                    "holds another " + number);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }
}
