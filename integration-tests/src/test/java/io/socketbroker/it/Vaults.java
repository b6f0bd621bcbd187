package io.socketbroker.it;

import java.nio.file.Path;
import java.util.List;

/** Vaults go on without their broker: a test that lets one start ends it. */
final class Vaults {
    private Vaults() {}

    /** Those that serve a broker whose home this is; found by the socket in their command line. */
    static List<ProcessHandle> of(Path home) {
        String socket = home.resolve("r/vault.sock").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(List::of)
                        .orElse(List.of())
                        .contains(socket))
                .toList();
    }

    /** Ends them and waits for it. */
    static void end(Path home) {
        for (ProcessHandle vault : of(home)) {
            vault.destroy();
            vault.onExit().join();
        }
    }
}
