package io.socketbroker.cli.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what only looking can tell, such as the end of somebody else's child. Stateless. */
public final class Waiting {

    static final Duration BOUND = Duration.ofSeconds(5);
    private static final long LOOK_EVERY_NANOS = 2_000_000;

    private Waiting() {}

    /** Whether it came true in five seconds. */
    static boolean until(BooleanSupplier condition) {
        return until(BOUND, condition);
    }

    /** Whether it came true in time. */
    public static boolean until(Duration bound, BooleanSupplier condition) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }

    static boolean untilGone(long pid) {
        return until(() -> ProcessHandle.of(pid).isEmpty());
    }
}
