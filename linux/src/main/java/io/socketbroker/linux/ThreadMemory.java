package io.socketbroker.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * Native memory that belongs to one thread (platform or virtual), so that calls allocate nothing: errno, a socket
 * address, small options, an I/O buffer.
 *
 * <p>Confined to its thread by the ThreadLocal; freed by the garbage collector after the thread has ended. The regions
 * do not overlap, but a region is overwritten by the next call that uses it.
 */
final class ThreadMemory {

    /** Buffers up to this size stay with the thread; larger ones live for one call. */
    private static final int RETAINED_BUFFER_BYTES = 64 * 1024;

    private static final int OPTION_BYTES = 256;
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(PathElement.groupElement("errno"));

    private static final ThreadLocal<ThreadMemory> CURRENT = ThreadLocal.withInitial(ThreadMemory::new);

    private final MemorySegment callState;
    private final NativeBlock address;
    private final NativeBlock option;
    private final NativeBlock optionLength;
    private NativeBlock buffer;

    private ThreadMemory() {
        var arena = Arena.ofAuto();
        this.callState = arena.allocate(CALL_STATE);
        this.address = new NativeBlock(arena.allocate(Abi.SOCKADDR_STORAGE_SIZE, 8));
        this.option = new NativeBlock(arena.allocate(OPTION_BYTES, 8));
        this.optionLength = new NativeBlock(arena.allocate(8, 8));
        this.buffer = NativeBlock.allocate(8);
    }

    static ThreadMemory current() {
        return CURRENT.get();
    }

    MemorySegment callState() {
        return callState;
    }

    int result(long returned) {
        int value = (int) returned;
        return value == -1 ? -callState.get(JAVA_INT, ERRNO_OFFSET) : value;
    }

    /** A socket address of any family. */
    NativeBlock address() {
        return address;
    }

    /** Room for a socket option or another small structure. */
    NativeBlock option() {
        return option;
    }

    /** An in-out length (socklen_t). */
    NativeBlock optionLength() {
        return optionLength;
    }

    /** At least {@code bytes} of memory with undefined content; the caller keeps it reachable during its call. */
    NativeBlock buffer(int bytes) {
        if (buffer.byteSize() >= bytes) {
            return buffer;
        }
        if (bytes > RETAINED_BUFFER_BYTES) {
            return NativeBlock.allocate(bytes);
        }
        buffer = NativeBlock.allocate(Integer.max(1024, Integer.highestOneBit(bytes - 1) * 2));
        return buffer;
    }
}
