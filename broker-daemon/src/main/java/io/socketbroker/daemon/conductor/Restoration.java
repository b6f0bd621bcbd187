package io.socketbroker.daemon.conductor;

import io.socketbroker.daemon.activation.HandlerIdentity;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Recovery;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.Recovered;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.CloseCause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings descriptors from custody and records from the journal together, by SO_COOKIE and never by number or order. Before
 * the conductor's thread runs.
 */
final class Restoration {
    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    private final Recovery recovery;
    private final DescriptorTable descriptors;
    private final SocketInspector inspector;
    private final Custody custody;

    Restoration(Recovery recovery, DescriptorTable descriptors, SocketInspector inspector, Custody custody) {
        this.recovery = recovery;
        this.descriptors = descriptors;
        this.inspector = inspector;
        this.custody = custody;
    }

    /** The effects that follow are run by the caller. */
    Recovery.Outcome restore(Inheritance inheritance) {
        recovery.numbersUsed(inheritance.lastNumber());
        recovery.tasks(inheritance.tasks());
        Map<Long, Recovered> unmatched = new LinkedHashMap<>();
        inheritance.descriptors().forEach(recovered -> unmatched.put(recovered.cookie(), recovered));
        List<Recovery.Kept> kept = new ArrayList<>();
        List<StoredSocket> lost = new ArrayList<>();
        for (StoredSocket stored : inheritance.sockets()) {
            Recovered found = unmatched.remove(stored.getCookie());
            if (found == null) {
                lost.add(stored);
            } else {
                descriptors.bind(found.slot(), found.descriptor());
                kept.add(new Recovery.Kept(found.slot(), stored, HandlerIdentity.holds(stored.getLease())));
            }
        }
        List<Recovery.Stranger> strangers = new ArrayList<>();
        unmatched.values().forEach(found -> examine(found, strangers));
        recovery.lost(inheritance.socketsOfFormerBoots(), CloseCause.CLOSE_CAUSE_REBOOT);
        Recovery.Outcome outcome = recovery.sockets(kept, strangers, lost, CloseCause.CLOSE_CAUSE_BROKER_LOST);
        if (outcome.restored() + outcome.lost() + outcome.unknown() > 0) {
            log.info(
                    "{} sockets restored, {} lost, {} unknown and kept aside",
                    outcome.restored(),
                    outcome.lost(),
                    outcome.unknown());
        }
        return outcome;
    }

    private void examine(Recovered found, List<Recovery.Stranger> strangers) {
        try {
            strangers.add(new Recovery.Stranger(
                    found.slot(), inspector.inspect(found.descriptor().fd(), "an unknown socket")));
            descriptors.bind(found.slot(), found.descriptor());
        } catch (BrokerRefusal | LinuxException e) {
            log.info("an unknown socket of the former broker is let go: {}", e.getMessage());
            custody.drop(found.slot(), found.cookie());
            found.descriptor().close();
        }
    }
}
