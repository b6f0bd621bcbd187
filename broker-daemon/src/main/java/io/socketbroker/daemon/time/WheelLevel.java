package io.socketbroker.daemon.time;

/**
 * One ring of the timing wheel: 64 lists of timers, each for a stretch of time 64 times as long as that of the level
 * below, and a bitmap of the lists that have any. All its timers are within the same stretch of the level above as the
 * present tick, and in a later stretch of this level. Not thread-safe.
 */
final class WheelLevel {
    static final int BITS = 6;

    private static final int SLOTS = 1 << BITS;

    private final int shift;
    private final TimerList[] slots = new TimerList[SLOTS];
    private long occupied;

    /** Level 0 has one list for each tick. */
    WheelLevel(int level) {
        shift = level * BITS;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new TimerList();
        }
    }

    void append(Timers.Timer timer, long tick) {
        int slot = (int) (tick >>> shift) & (SLOTS - 1);
        slots[slot].append(timer);
        occupied |= 1L << slot;
    }

    boolean isEmpty() {
        // A list that was emptied by cancelling is only noticed here, which spares each timer a reference to its level.
        while (occupied != 0 && next().isEmpty()) {
            occupied &= occupied - 1;
        }
        return occupied == 0;
    }

    /** The list whose stretch begins first; only if this level is not empty. */
    TimerList next() {
        return slots[Long.numberOfTrailingZeros(occupied)];
    }

    /** The tick at which the stretch of {@link #next} begins. */
    long nextTick(long presentTick) {
        long slot = Long.numberOfTrailingZeros(occupied);
        // In two steps: the highest level has no level above, and a shift by 64 would be one by 0.
        return presentTick >>> shift >>> BITS << BITS << shift | slot << shift;
    }
}
