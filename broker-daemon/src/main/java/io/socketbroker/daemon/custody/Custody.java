package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.linux.Fd;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A second holder of every brokered descriptor. */
public interface Custody extends AutoCloseable {
    /** For GetStatus: "none", "vault" or "systemd". */
    String name();

    /** Takes duplicates. The stage completes once they are safe; no reply that promises it leaves before. */
    CompletionStage<Void> put(Map<Slot, Fd> descriptors);

    /** Lets go of one; its slot may be used again. */
    void drop(Slot slot);

    @Override
    void close();
}
