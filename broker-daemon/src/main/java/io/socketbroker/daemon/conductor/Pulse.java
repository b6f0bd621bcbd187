package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.core.Queries.Totals;
import io.socketbroker.daemon.loop.EventLoop;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells from within the loop how the conductor fares, so that silence means that the loop does not turn. An idle conductor
 * is woken for this only as often as somebody wants to hear that it is alive. On the conductor's thread.
 */
final class Pulse {
    private static final long TOTALS_NANOS = Duration.ofSeconds(1).toNanos();

    /** An answer of "not now" is followed by so many further attempts before the next regular time. */
    private static final int ATTEMPTS = 8;

    private final EventLoop loop;
    private final Supplier<Totals> totals;
    private @Nullable Vitals vitals;
    private @Nullable Totals taken;
    private long toldNanos;
    private boolean scheduled;

    Pulse(EventLoop loop, Supplier<Totals> totals) {
        this.loop = loop;
        this.totals = totals;
    }

    /** Begins. */
    void tell(Vitals listener, OptionalLong aliveEveryNanos) {
        vitals = listener;
        toldNanos = loop.nowNanos() - TOTALS_NANOS;
        aliveEveryNanos.ifPresent(nanos -> beat(listener, nanos));
        endOfTurn();
    }

    private void beat(Vitals listener, long nanos) {
        long delay = listener.alive() ? nanos : nanos / ATTEMPTS;
        loop.schedule(delay, () -> beat(listener, nanos));
    }

    /** Something may have changed. */
    void endOfTurn() {
        if (vitals == null || scheduled || totals.get().equals(taken)) {
            return;
        }
        long wait = toldNanos + TOTALS_NANOS - loop.nowNanos();
        if (wait <= 0) {
            tellTotals(vitals);
        } else {
            tellLater(vitals, wait);
        }
    }

    private void tellLater(Vitals listener, long nanos) {
        scheduled = true;
        loop.schedule(nanos, () -> {
            scheduled = false;
            tellTotals(listener);
        });
    }

    private void tellTotals(Vitals listener) {
        Totals now = totals.get();
        toldNanos = loop.nowNanos();
        if (now.equals(taken)) {
            return;
        }
        if (listener.totals(now)) {
            taken = now;
        } else {
            tellLater(listener, TOTALS_NANOS);
        }
    }
}
