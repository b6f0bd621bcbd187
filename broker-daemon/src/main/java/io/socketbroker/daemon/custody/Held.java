package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.linux.Fd;
import java.util.List;

/**
 * A brokered socket as custody sees it.
 *
 * @param slot its place with the broker
 * @param cookie its SO_COOKIE (socket(7))
 * @param fd borrowed for the call that passes this
 */
public record Held(Slot slot, long cookie, Fd fd) {
    /** Without the descriptor. */
    Entry entry() {
        return new Entry(slot.index(), cookie);
    }

    /** Without descriptors. */
    static List<Entry> entries(List<Held> sockets) {
        return sockets.stream().map(Held::entry).toList();
    }

    /** The descriptors alone. */
    static List<Fd> descriptors(List<Held> sockets) {
        return sockets.stream().map(Held::fd).toList();
    }
}
