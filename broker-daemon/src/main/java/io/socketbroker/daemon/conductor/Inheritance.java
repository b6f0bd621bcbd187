package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.custody.Recovered;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.store.v1.StoredTask;
import java.util.List;

/**
 * What a former broker left to this one.
 *
 * @param descriptors from custody; whoever has this owns them
 * @param tasks from the journal
 * @param sockets from the journal, of this boot
 * @param socketsOfFormerBoots from the journal; their connections ended with the host
 * @param lastNumber the highest generation and number of an activation so far
 */
public record Inheritance(
        List<Recovered> descriptors,
        List<StoredTask> tasks,
        List<StoredSocket> sockets,
        List<StoredSocket> socketsOfFormerBoots,
        long lastNumber) {
    /** Of the first broker. */
    public static final Inheritance NOTHING = new Inheritance(List.of(), List.of(), List.of(), List.of(), 0);
}
