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

    /** For a broker whose service manager starts the vault: here it is only waited for. */
    static VaultStarter byServiceManager() {
        return new VaultStarter() {
            @Override
            public void start() throws IOException {
                throw new IOException("no vault serves there, and the service manager is to start it");
            }

            @Override
            public void close() {}
        };
    }
}
