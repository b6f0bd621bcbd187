package io.socketbroker.daemon.custody;

import java.io.IOException;

/** How a vault comes to be when none serves. Never called by two threads at once. */
public interface VaultStarter extends AutoCloseable {
    /**
     * Starts a vault and waits until it serves.
     *
     * @throws IOException if it does not; the message says why
     */
    void start() throws IOException;

    /** Gives up what belongs to this process; a vault that runs goes on. */
    @Override
    void close();
}
