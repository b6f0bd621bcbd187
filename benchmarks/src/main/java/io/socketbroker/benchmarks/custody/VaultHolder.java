package io.socketbroker.benchmarks.custody;

import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Our vault, by the frames that the broker sends it too (io.socketbroker.daemon.vault.Frame). */
final class VaultHolder implements Holder {
    private static final int OPEN = 1;
    private static final int PUT = 2;
    private static final int DROP = 3;
    private static final int LIST = 4;
    private static final int OPENED = 0x81;
    private static final int DONE = 0x82;

    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;
    private static final int NUMBER_OFFSET = 8;

    private final Exchange exchange;
    private int sequence;

    VaultHolder(Path socket) {
        exchange = new Exchange("the vault", Sockets.connectUnix(socket, Sockets.SOCK_SEQPACKET));
        byte[] answer = exchange.ask(frame(OPEN, 0));
        exchange.require(kind(answer) == OPENED, "does not open");
    }

    private byte[] frame(int kind, int number, long... slotsAndCookies) {
        int entries = slotsAndCookies.length / 2;
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + entries * ENTRY_BYTES);
        frame.put((byte) 1).put((byte) kind).putShort((short) entries);
        frame.putInt(++sequence).putInt(number);
        for (int i = 0; i < entries; i++) {
            frame.putInt((int) slotsAndCookies[2 * i]).putLong(slotsAndCookies[2 * i + 1]);
        }
        return frame.array();
    }

    private static int kind(byte[] answer) {
        return Byte.toUnsignedInt(answer[1]);
    }

    @Override
    public void put(int number, OwnedFd socket, long cookie) {
        put(frame(PUT, 0, number, cookie), List.of(socket));
    }

    @Override
    public void putAll(int first, List<OwnedFd> sockets, List<Long> cookies) {
        long[] slotsAndCookies = new long[2 * sockets.size()];
        for (int i = 0; i < sockets.size(); i++) {
            slotsAndCookies[2 * i] = (long) first + i;
            slotsAndCookies[2 * i + 1] = cookies.get(i);
        }
        put(frame(PUT, 0, slotsAndCookies), sockets);
    }

    private void put(byte[] frame, List<OwnedFd> sockets) {
        try (Received.Message answer = exchange.ask(frame, Holder.fds(sockets))) {
            exchange.require(kind(answer.payload()) == DONE, "refuses a socket");
        }
    }

    @Override
    public void drop(List<Integer> numbers) {
        for (int number : numbers) {
            drop(number, exchange.cookie(frame(LIST, number)));
        }
    }

    private void drop(int number, long cookie) {
        exchange.require(kind(exchange.ask(frame(DROP, 0, number, cookie))) == DONE, "does not drop " + number);
    }

    @Override
    public void verify(List<Long> cookies) {
        int held = ByteBuffer.wrap(exchange.ask(frame(OPEN, 0))).getInt(NUMBER_OFFSET);
        exchange.require(held == cookies.size(), "holds " + held + " instead of " + cookies.size());
        for (int number = 0; number < cookies.size(); number += CustodyProgram.SAMPLE_EVERY) {
            exchange.require(exchange.cookie(frame(LIST, number)) == cookies.get(number), "holds another " + number);
        }
    }

    @Override
    public void close() {
        exchange.close();
    }
}
