package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Sockets;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;

/**
 * Which byte was sent to which socket, so that no wake is lost, doubled or another's unnoticed. Thread-safe.
 */
final class Ledger {
    private static final int NOTHING = -1;

    private final AtomicIntegerArray expected;
    private volatile IntConsumer listener = _ -> {};

    Ledger(int sockets) {
        expected = new AtomicIntegerArray(sockets);
        for (int i = 0; i < sockets; i++) {
            expected.set(i, NOTHING);
        }
    }

    /** This byte is about to be sent. */
    void expect(int index, byte value) {
        if (expected.getAndSet(index, value) != NOTHING) {
            throw new InvalidRunException("socket " + index + " has not been handled");
        }
    }

    /** Whether its last byte was taken. */
    boolean isFree(int index) {
        return expected.get(index) == NOTHING;
    }

    /** Hears of each socket that was handled, on the thread that did it. */
    void listen(IntConsumer other) {
        listener = other;
    }

    void ignore() {
        listener = _ -> {};
    }

    /** Takes the byte from a socket that came; it must be the one that was sent, and all there is. */
    void check(int index, Fd socket) {
        int value = expected.getAndSet(index, NOTHING);
        byte[] bytes = new byte[2];
        int count = Sockets.receive(socket, bytes);
        if (value == NOTHING || count != 1 || bytes[0] != value) {
            throw new InvalidRunException("socket " + index + " came with " + count + " bytes, the first " + bytes[0]
                    + ", instead of " + (value == NOTHING ? "not at all" : value));
        }
        listener.accept(index);
    }
}
