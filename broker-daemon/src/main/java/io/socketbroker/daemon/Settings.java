package io.socketbroker.daemon;

import io.socketbroker.configuration.BrokerSettings;
import io.socketbroker.configuration.Configuration;
import io.socketbroker.configuration.CustodySettings;
import io.socketbroker.configuration.LimitSettings;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.custody.VaultSettings;
import io.socketbroker.daemon.declared.Declarations;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configuration in the terms of the parts that it is for.
 *
 * @param configuration of this start
 * @param source reads it anew
 * @param manager hears of reloads
 */
record Settings(Configuration configuration, Supplier<Configuration> source, Declarations.Manager manager) {
    private static final Logger log = LoggerFactory.getLogger(Settings.class);

    private static final Declarations.Manager NOBODY = new Declarations.Manager() {
        @Override
        public void reloading() {}

        @Override
        public void reloaded() {}
    };

    /** Without files, keeping nothing. */
    static Settings inMemory() {
        Configuration defaults = Configuration.defaults()
                .with(new BrokerSettings.Overrides(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(true),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        return new Settings(defaults, () -> defaults, NOBODY);
    }

    /** Where it serves. */
    Path runtimeDirectory() {
        return chosenDirectory().orElseGet(StandardFolders::runtime);
    }

    private Optional<Path> chosenDirectory() {
        return configuration.broker().runtimeDirectory().or(StandardFolders::runtimeOfEnvironment);
    }

    /** What outlives the process. */
    Keeping.Choice keeping() {
        BrokerSettings broker = configuration.broker();
        if (broker.inMemory()) {
            return Keeping.Choice.NOTHING;
        }
        Path state = broker.stateDirectory()
                .or(() -> chosenDirectory().map(directory -> directory.resolve("state")))
                .orElseGet(StandardFolders::state);
        CustodySettings custody = configuration.custody();
        return new Keeping.Choice(
                Optional.of(state),
                switch (broker.custody()) {
                    case "none" -> Keeping.Custodian.NONE;
                    case "systemd" -> Keeping.Custodian.SYSTEMD;
                    default -> broker.externalVault() ? Keeping.Custodian.EXTERNAL_VAULT : Keeping.Custodian.VAULT;
                },
                new VaultSettings(
                        custody.answerTimeout(), custody.outageLimit(), custody.refillPause(), custody.mostQueued()),
                custody.systemdSockets());
    }

    /** As configured, as far as there are descriptors for it. */
    BrokerLimits limits(DescriptorBudget budget) {
        LimitSettings limits = configuration.limits();
        int sockets = atMost("sockets", limits.sockets(), budget.sockets());
        return new BrokerLimits(
                sockets,
                Math.min(limits.socketsPerUid().orElse(sockets), sockets),
                limits.tasksPerUid(),
                limits.contextBytes(),
                limits.contextBytesPerUid(),
                atMost("handlers", limits.handlers(), budget.handlers()),
                limits.claimsPerUid(),
                limits.claimTimeout(),
                limits.firstRetryDelay(),
                limits.longestRetryDelay(),
                limits.quarantineAfter(),
                limits.quarantine(),
                limits.sessionsPerUid(),
                limits.killDelay(),
                limits.activationsPerSecond(),
                limits.activationsPerSecondPerUid());
    }

    private static int atMost(String key, Optional<Integer> configured, int possible) {
        if (configured.isPresent() && configured.get() > possible) {
            log.warn(
                    "limits.{} = {} counts as {}: there are no descriptors for more; raise RLIMIT_NOFILE",
                    key,
                    configured.get(),
                    possible);
        }
        return Math.min(configured.orElse(possible), possible);
    }
}
