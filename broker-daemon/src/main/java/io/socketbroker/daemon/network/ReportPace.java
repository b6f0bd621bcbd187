package io.socketbroker.daemon.network;

import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

/**
 * Makes few reports of many changes: one at once, and while changes go on at most one a second, so that the last report is
 * made after the last change. Of one thread.
 */
final class ReportPace {
    static final long INTERVAL_NANOS = 1_000_000_000;

    private final LongSupplier clockNanos;
    private final ObjLongConsumer<Runnable> timer;
    private final Runnable report;
    private boolean ahead;
    private long earliestNanos = Long.MIN_VALUE;

    /**
     * Nothing reported yet.
     *
     * @param clockNanos the time
     * @param timer runs an action once after so many nanoseconds
     * @param report what is done at that pace
     */
    ReportPace(LongSupplier clockNanos, ObjLongConsumer<Runnable> timer, Runnable report) {
        this.clockNanos = clockNanos;
        this.timer = timer;
        this.report = report;
    }

    void changed() {
        if (ahead) {
            return; // and will speak of this change too
        }
        long nowNanos = clockNanos.getAsLong();
        if (nowNanos >= earliestNanos) {
            makeReport();
        } else {
            ahead = true;
            timer.accept(this::makeReport, earliestNanos - nowNanos);
        }
    }

    private void makeReport() {
        ahead = false;
        earliestNanos = clockNanos.getAsLong() + INTERVAL_NANOS;
        report.run();
    }
}
