package io.socketbroker.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the broker serves and what it keeps. Immutable.
 *
 * @param runtimeDirectory of grpc.sock and fd.sock; empty is the default place
 * @param stateDirectory of the journal; empty keeps the state in memory
 * @param custody who holds the descriptors too: "none", "vault" or "systemd"
 * @param madeByApply whether `socketbroker apply` makes the declared listeners, and not the broker itself
 */
public record BrokerSettings(
        Optional<Path> runtimeDirectory, Optional<Path> stateDirectory, String custody, boolean madeByApply) {
    static final Key<Path> RUNTIME_DIR = Key.optional(
                    "runtime-dir",
                    Forms.PATH,
                    "`$SOCKETBROKER_RUNTIME_DIR`, else `/run/socketbroker` for root, else"
                            + " `$XDG_RUNTIME_DIR/socketbroker`",
                    "Folder of grpc.sock and fd.sock. `--runtime-dir` wins over it.")
            .needingRestart();

    static final Key<Path> STATE_DIR = Key.optional(
                    "state-dir",
                    Forms.PATH,
                    "state is kept in memory",
                    "Folder of the journal: tasks and sockets are there after a restart. `--state-dir` wins over it.")
            .needingRestart();

    static final Key<String> CUSTODY = Key.of(
                    "custody",
                    Forms.word(Words.of("none", "none", "vault", "vault", "systemd", "systemd")),
                    "none",
                    "Who holds the descriptors too, so that they outlive the broker's process. A vault needs a"
                            + " state-dir. `--custody` wins over it.")
            .needingRestart();

    static final Key<String> LISTENERS = Key.of(
                    "listeners",
                    Forms.word(Words.of("broker", "broker", "apply", "apply")),
                    "broker",
                    "Who makes the declared listeners: the broker itself, or `socketbroker apply` in the network that it"
                            + " runs in, for a broker that has none. `--listeners` wins over it.")
            .needingRestart();

    static final Section SECTION = new Section(
            "broker",
            false,
            "Where the broker serves and what it keeps.",
            List.of(RUNTIME_DIR, STATE_DIR, CUSTODY, LISTENERS));

    static BrokerSettings of(Values values) {
        return new BrokerSettings(
                values.find(RUNTIME_DIR),
                values.find(STATE_DIR),
                values.get(CUSTODY),
                values.get(LISTENERS).equals("apply"));
    }
}
