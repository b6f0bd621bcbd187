package io.socketbroker.it;

import java.nio.file.Path;
import java.util.List;

/** Vaults go on without their broker: a test that lets one start ends it. */
final class Vaults {
    private Vaults() {}

    /** Those that serve a broker whose home this is; found by the socket in their command line. */
    static List<ProcessHandle> of(Path home) {
        return at(home.resolve("r/vault.sock"));
    }

    private static List<ProcessHandle> at(Path socket) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(List::of)
                        .orElse(List.of())
                        .contains(socket.toString()))
                .toList();
    }

    /** Ends them and waits for it. */
    static void end(Path home) {
        endOf(home.resolve("r/vault.sock"));
    }

    /** As the other, of one that serves there. */
    static void endOf(Path socket) {
        for (ProcessHandle vault : at(socket)) {
            vault.destroy();
            vault.onExit().join();
        }
    }
}
