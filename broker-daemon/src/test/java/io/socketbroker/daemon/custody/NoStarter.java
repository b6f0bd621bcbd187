package io.socketbroker.daemon.custody;

import java.io.IOException;

/** For a test that starts its vaults itself. */
final class NoStarter implements VaultStarter {
    @Override
    public void start() throws IOException {
        throw new IOException("no vault serves there");
    }

    @Override
    public void close() {}
}
