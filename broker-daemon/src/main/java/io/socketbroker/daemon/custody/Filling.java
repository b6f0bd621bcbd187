package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.vault.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a refill has come: first the vault is asked what it holds, as it may be the same as before and near its limit;
 * then it gets the rest. On the conductor thread.
 */
final class Filling {
    /** Pieces on their way at the same time, so that puts get their turn between them. */
    private static final int MOST_UNANSWERED = 4;

    private @Nullable Set<Entry> present;
    private boolean surveying;
    private int nextSlot;
    private boolean exhausted;
    private int unanswered;
    private boolean refused;

    /** Whether the vault is to be asked what it holds. */
    boolean needsSurvey() {
        return present == null && !surveying;
    }

    void surveying(boolean underWay) {
        surveying = underWay;
    }

    /** What the vault holds already. */
    void surveyed(List<Entry> entries) {
        present = new HashSet<>(entries);
    }

    boolean mayGoOn() {
        return present != null && !exhausted && unanswered < MOST_UNANSWERED;
    }

    /** Where the next piece starts. */
    int nextSlot() {
        return nextSlot;
    }

    /** Without what the vault holds. */
    List<Held> missing(List<Held> piece) {
        Set<Entry> there = present == null ? Set.of() : present;
        return piece.stream().filter(socket -> !there.contains(socket.entry())).toList();
    }

    /** A piece is on its way, or nothing of it was missing. */
    void passed(int lastSlot, boolean sent) {
        nextSlot = lastSlot + 1;
        unanswered += sent ? 1 : 0;
    }

    /** There are no more sockets. */
    void exhaust() {
        exhausted = true;
    }

    void answered(boolean taken) {
        unanswered--;
        refused |= !taken;
    }

    boolean isDone() {
        return exhausted && unanswered == 0;
    }

    /** Whether the vault did not take all. */
    boolean wasRefused() {
        return refused;
    }
}
