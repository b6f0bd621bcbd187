package io.socketbroker.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the broker serves and what it keeps. Immutable.
 *
 * @param runtimeDirectory of grpc.sock and fd.sock; empty is the default place
 * @param stateDirectory of the journal; empty is the default place
 * @param inMemory whether nothing is kept, whatever the rest says
 * @param custody who holds the descriptors too: "vault", "systemd" or "none"
 * @param externalVault whether a service manager starts the vault
 * @param madeByApply whether `socketbroker apply` makes the declared listeners, and not the broker itself
 */
public record BrokerSettings(
        Optional<Path> runtimeDirectory,
        Optional<Path> stateDirectory,
        boolean inMemory,
        String custody,
        boolean externalVault,
        boolean madeByApply) {
    static final Key<Path> RUNTIME_DIR = Key.optional(
                    "runtime-dir",
                    Forms.PATH,
                    "`$SOCKETBROKER_RUNTIME_DIR`, else `/run/socketbroker` for root, else"
                            + " `$XDG_RUNTIME_DIR/socketbroker`",
                    "Folder of grpc.sock and fd.sock.")
            .needingRestart();

    static final Key<Path> STATE_DIR = Key.optional(
                    "state-dir",
                    Forms.PATH,
                    "`state` in a runtime folder that was chosen, else `/var/lib/socketbroker` for root, else"
                            + " `$XDG_STATE_HOME/socketbroker`",
                    "Folder of the journal: tasks and records of sockets.")
            .needingRestart();

    static final Key<Boolean> IN_MEMORY = Key.of(
                    "in-memory",
                    Forms.FLAG,
                    false,
                    "Keep nothing, whatever `state-dir` and `custody` say: sockets and tasks end with the broker.")
            .needingRestart();

    static final Key<String> CUSTODY = Key.of(
                    "custody",
                    Forms.word(Words.of("vault", "vault", "systemd", "systemd", "none", "none")),
                    "vault",
                    "Who holds the descriptors too, so that they outlive the broker's process: a second process, the"
                            + " descriptor store of the unit, or nobody.")
            .needingRestart();

    static final Key<Boolean> EXTERNAL_VAULT = Key.of(
                    "external-vault",
                    Forms.FLAG,
                    false,
                    "The vault is started by a service manager: wait for it, instead of starting one.")
            .needingRestart();

    static final Key<String> LISTENERS = Key.of(
                    "listeners",
                    Forms.word(Words.of("broker", "broker", "apply", "apply")),
                    "broker",
                    "Who makes the declared listeners: the broker itself, or `socketbroker apply` in the network that it"
                            + " runs in, for a broker that has none.")
            .needingRestart();

    static final Section SECTION = new Section(
            "broker",
            false,
            "Where the broker serves and what it keeps. The option of the same name wins over each.",
            List.of(RUNTIME_DIR, STATE_DIR, IN_MEMORY, CUSTODY, EXTERNAL_VAULT, LISTENERS));

    static BrokerSettings of(Values values) {
        return new BrokerSettings(
                values.find(RUNTIME_DIR),
                values.find(STATE_DIR),
                values.get(IN_MEMORY),
                values.get(CUSTODY),
                values.get(EXTERNAL_VAULT),
                values.get(LISTENERS).equals("apply"));
    }

    /**
     * What options of the command line say; empty where there is no option.
     *
     * @param custody one of the words of the key
     * @param listeners the same
     */
    public record Overrides(
            Optional<Path> runtimeDirectory,
            Optional<Path> stateDirectory,
            Optional<Boolean> inMemory,
            Optional<String> custody,
            Optional<Boolean> externalVault,
            Optional<String> listeners) {
        /** No option. */
        public static final Overrides NONE = new Overrides(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        Values over(Values values) {
            Values changed = over(values, RUNTIME_DIR, runtimeDirectory.map(Overrides::absolute));
            changed = over(changed, STATE_DIR, stateDirectory.map(Overrides::absolute));
            changed = over(changed, IN_MEMORY, inMemory);
            changed = over(changed, CUSTODY, custody);
            changed = over(changed, EXTERNAL_VAULT, externalVault);
            return over(changed, LISTENERS, listeners);
        }

        private static Path absolute(Path path) {
            return path.toAbsolutePath().normalize();
        }

        private static <T> Values over(Values values, Key<T> key, Optional<T> option) {
            return option.map(value -> values.with(key, value, new Origin("--" + key.name())))
                    .orElse(values);
        }
    }
}
