package io.socketbroker.daemon;

import io.socketbroker.daemon.conductor.Inheritance;
import io.socketbroker.daemon.custody.AwaitedVault;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.NoCustody;
import io.socketbroker.daemon.custody.Recovery;
import io.socketbroker.daemon.custody.SystemdCustody;
import io.socketbroker.daemon.custody.VaultCustody;
import io.socketbroker.daemon.custody.VaultProcess;
import io.socketbroker.daemon.custody.VaultSettings;
import io.socketbroker.daemon.journal.BootId;
import io.socketbroker.daemon.journal.Journal;
import io.socketbroker.daemon.journal.JournalSnapshot;
import io.socketbroker.daemon.journal.MemoryJournal;
import io.socketbroker.daemon.journal.RocksJournal;
import io.socketbroker.daemon.supervisor.InheritedDescriptors;
import io.socketbroker.store.v1.StoredSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a broker keeps what shall outlive its process, and what a former one left there. Made before anything else is, and
 * closed after it.
 *
 * @param journal of tasks and sockets
 * @param custody of descriptors
 * @param inheritance of the former broker
 */
record Keeping(Journal journal, Custody custody, Inheritance inheritance) {
    private static final Logger log = LoggerFactory.getLogger(Keeping.class);

    /**
     * What the operator chose.
     *
     * @param stateDirectory of the journal; empty keeps the state in memory
     * @param custodian who holds the descriptors too
     * @param vault how patient the broker is with a vault
     * @param systemdSockets the most sockets in the descriptor store of the unit
     */
    record Choice(Optional<Path> stateDirectory, Custodian custodian, VaultSettings vault, int systemdSockets) {
        /** Nothing outlives the process. */
        static final Choice NOTHING = new Choice(
                Optional.empty(), Custodian.NONE, VaultSettings.DEFAULT, SystemdCustody.DEFAULT_MOST_SOCKETS);
    }

    /** A second holder of descriptors. */
    enum Custodian {
        NONE,
        /** Started by this process if none serves. */
        VAULT,
        /** Started by the service manager; waited for. */
        EXTERNAL_VAULT,
        /** The descriptor store of the unit. */
        SYSTEMD
    }

    /**
     * Opens both, and reads what is there.
     *
     * @param inherited from which custody in systemd takes what is its own
     * @throws IOException if custody cannot be had
     */
    static Keeping open(Choice choice, Path vaultSocket, String version, InheritedDescriptors inherited)
            throws IOException {
        BootId boot = BootId.ofThisHost();
        Journal journal = choice.stateDirectory
                .<Journal>map(directory -> RocksJournal.open(directory, boot, version))
                .orElseGet(MemoryJournal::new);
        Custody custody = custody(choice, vaultSocket, inherited);
        try {
            Recovery recovered = custody.recover();
            recovered.problems().forEach(problem -> log.warn("custody: {}", problem));
            return new Keeping(journal, custody, inheritance(recovered, journal.load()));
        } catch (IOException | RuntimeException e) {
            journal.close();
            custody.close();
            throw e;
        }
    }

    private static Custody custody(Choice choice, Path vaultSocket, InheritedDescriptors inherited) {
        return switch (choice.custodian) {
            case NONE -> new NoCustody();
            case VAULT -> new VaultCustody(vaultSocket, VaultProcess.ofThisJvm(vaultSocket), choice.vault);
            case EXTERNAL_VAULT -> new VaultCustody(vaultSocket, new AwaitedVault(vaultSocket), choice.vault);
            case SYSTEMD ->
                new SystemdCustody(
                        System.getenv(), inherited.takeNamed(SystemdCustody::isStored), choice.systemdSockets);
        };
    }

    private static Inheritance inheritance(Recovery recovered, JournalSnapshot snapshot) {
        List<StoredSocket> sockets = new ArrayList<>();
        List<StoredSocket> former = new ArrayList<>();
        snapshot.sockets().forEach(stored -> (snapshot.isOfThisBoot(stored) ? sockets : former).add(stored));
        long lastNumber = Math.max(
                snapshot.counters().getLastGeneration(), snapshot.counters().getLastActivationId());
        return new Inheritance(recovered.sockets(), snapshot.tasks(), sockets, former, lastNumber);
    }

    /** After the conductor has ended. */
    void close() {
        journal.close();
        custody.close();
    }
}
