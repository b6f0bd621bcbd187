package io.socketbroker.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A piece of native memory, 8-byte aligned, with bounds checks and in native byte order.
 *
 * <p>As safe for threads as its segment: callers confine it.
 */
record NativeBlock(MemorySegment segment) {

    /** Allocates zeroed memory that the garbage collector frees, so that no late call can touch freed memory. */
    static NativeBlock allocate(long bytes) {
        return new NativeBlock(Arena.ofAuto().allocate(bytes, 8));
    }

    long address() {
        return segment.address();
    }

    long byteSize() {
        return segment.byteSize();
    }

    short getShort(long offset) {
        return segment.get(JAVA_SHORT, offset);
    }

    void setShort(long offset, int value) {
        segment.set(JAVA_SHORT, offset, (short) value);
    }

    int getInt(long offset) {
        return segment.get(JAVA_INT, offset);
    }

    void setInt(long offset, int value) {
        segment.set(JAVA_INT, offset, value);
    }

    /** Unaligned, because the data of a packed epoll event is. */
    long getLong(long offset) {
        return segment.get(JAVA_LONG_UNALIGNED, offset);
    }

    void setLong(long offset, long value) {
        segment.set(JAVA_LONG_UNALIGNED, offset, value);
    }

    byte getByte(long offset) {
        return segment.get(JAVA_BYTE, offset);
    }

    void setByte(long offset, int value) {
        segment.set(JAVA_BYTE, offset, (byte) value);
    }

    void getBytes(long offset, byte[] into, int length) {
        MemorySegment.copy(segment, JAVA_BYTE, offset, into, 0, length);
    }

    void setBytes(long offset, byte[] from, int fromIndex, int length) {
        MemorySegment.copy(from, fromIndex, segment, JAVA_BYTE, offset, length);
    }

    void clear() {
        segment.fill((byte) 0);
    }

    /** Callers that passed the bare address to the kernel say here until when the memory must live. */
    @SuppressWarnings(
            "ReachabilityFenceUsage") // callers need no finally block: after an exception nobody reads the memory
    void keepReachable() {
        Reference.reachabilityFence(segment);
    }
}
