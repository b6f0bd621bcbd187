package io.socketbroker.linux;

/**
 * CLOCK_BOOTTIME (clock_gettime(2)): time since the boot that goes on while the machine is suspended, which
 * System.nanoTime (CLOCK_MONOTONIC) does not. Nobody can set it.
 *
 * <p>Thread-safe. Nothing is allocated per call, and the kernel's vDSO answers without a system call.
 */
public final class BootClock {

    static final long NANOS_PER_SECOND = 1_000_000_000;

    private BootClock() {}

    /** Nanoseconds since the boot: never negative, never less than before. */
    public static long nanos() {
        var time = ThreadMemory.current().option();
        LinuxException.check("clock_gettime", LibcTime.CLOCK_GETTIME.call(Abi.CLOCK_BOOTTIME, time.address()));
        return time.getLong(0) * NANOS_PER_SECOND + time.getLong(Abi.TIMESPEC_NSEC_OFFSET);
    }
}
