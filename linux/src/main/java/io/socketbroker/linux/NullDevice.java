package io.socketbroker.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The null device (null(4)). Thread-safe. */
public final class NullDevice {

    private static final NativeFunction OPEN = NativeFunction.variadic("open", 2, 2);
    private static final int O_RDWR = 2;
    private static final MemorySegment PATH = Arena.global().allocateFrom("/dev/null");

    private NullDevice() {}

    /** Opens it for reading and writing, with FD_CLOEXEC (open(2)). */
    public static OwnedFd open() {
        return OwnedFd.own(LinuxException.check("open", OPEN.call(PATH.address(), O_RDWR | Abi.O_CLOEXEC)));
    }
}
