package io.socketbroker.linux;

/**
 * CLOCK_BOOTTIME (clock_gettime(2)): time since the boot that goes on while the machine is suspended, which
 * System.nanoTime (CLOCK_MONOTONIC) does not. Nobody can set it.
 *
 * <p>Thread-safe. Nothing is allocated per call, and the kernel's vDSO answers without a system call.
 */
public final class BootClock {

    private BootClock() {}

    /** Nanoseconds since the boot: never negative, never less than before. */
    public static long nanos() {
        return LibcTime.nanos(Abi.CLOCK_BOOTTIME);
    }
}
