package io.socketbroker.daemon.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A store as a later version of the broker leaves it. */
public final class NewerStore {
    private NewerStore() {}

    /** Makes one in a state folder that has none. */
    public static void make(Path stateDirectory) throws IOException {
        RocksJournal.open(
                        stateDirectory,
                        BootId.ofThisHost(),
                        "99.0",
                        Settings.DEFAULT,
                        List.of(),
                        Migrator.SCHEMA_VERSION + 1)
                .close();
    }
}
