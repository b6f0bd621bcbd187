package io.socketbroker.linux;

/**
 * CLOCK_MONOTONIC (clock_gettime(2)): time since the boot without that of a suspend, as other programs read it too. The
 * origin of System.nanoTime is the JVM's own affair, so that one cannot be told to anybody.
 *
 * <p>Thread-safe. Nothing is allocated per call, and the kernel's vDSO answers without a system call.
 */
public final class MonotonicClock {

    private MonotonicClock() {}

    /** Nanoseconds since the boot: never negative, never less than before. */
    public static long nanos() {
        return LibcTime.nanos(Abi.CLOCK_MONOTONIC);
    }
}
