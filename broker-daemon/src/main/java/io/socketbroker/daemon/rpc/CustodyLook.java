package io.socketbroker.daemon.rpc;

import io.socketbroker.daemon.conductor.Conductor.Holdings;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Queries.Holding;
import io.socketbroker.daemon.core.SocketName;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.daemon.journal.Journal;
import io.socketbroker.daemon.journal.JournalSnapshot;
import io.socketbroker.daemon.journal.StoreException;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.CustodyEntry;
import io.socketbroker.v1.GetCustodyResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Broker, custody and journal side by side. Reads the disk: not for the conductor. */
final class CustodyLook {
    private static final int MOST_ENTRIES = 10_000;

    private final Journal journal;
    private final String custody;
    private final int brokerUid;

    CustodyLook(Journal journal, String custody, int brokerUid) {
        this.journal = journal;
        this.custody = custody;
        this.brokerUid = brokerUid;
    }

    private boolean hasCustody() {
        return !custody.equals("none");
    }

    /** The answer, with all entries or only those that differ. */
    GetCustodyResponse answer(Caller caller, Holdings holdings, boolean differencesOnly) {
        GetCustodyResponse.Builder answer = GetCustodyResponse.newBuilder()
                .setCustody(custody)
                .setCustodyPid(holdings.holderPid())
                .setJournalOnDisk(journal.isDurable())
                .setBrokerSockets(holdings.sockets().size());
        journal.trouble().ifPresent(trouble -> answer.addTroubles("journal: " + trouble));
        if (hasCustody() && holdings.custody().isEmpty()) {
            answer.addTroubles("custody: " + custody + " is away");
        }
        Map<SocketName, Long> records = records(caller, answer);
        Set<InCustody> inCustody = new HashSet<>(holdings.custody().orElse(List.of()));
        List<CustodyEntry> differing = new ArrayList<>();
        List<CustodyEntry> alike = new ArrayList<>();
        answer.setJournalRecords(records.size());
        int held = 0;
        for (Holding holding : holdings.sockets()) {
            boolean vaulted = inCustody.remove(new InCustody(holding.slot(), holding.cookie()));
            Long recorded = records.remove(holding.name());
            boolean journaled = recorded != null && recorded == holding.cookie();
            held += vaulted ? 1 : 0;
            boolean differs = (vaulted != hasCustody()) || (journaled != journal.isDurable());
            (differs ? differing : alike)
                    .add(entry(holding.cookie(), true, vaulted, journaled)
                            .setKey(Views.key(holding.name()))
                            .build());
        }
        records.forEach((name, cookie) -> differing.add(
                entry(cookie, false, false, true).setKey(Views.key(name)).build()));
        if (caller.sees(brokerUid)) {
            // Nobody knows whose these are.
            held += inCustody.size();
            inCustody.forEach(entry ->
                    differing.add(entry(entry.cookie(), false, true, false).build()));
        }
        answer.setCustodySockets(held).setDifferences(differing.size());
        differing.stream().limit(MOST_ENTRIES).forEach(answer::addEntries);
        if (!differencesOnly) {
            alike.stream().limit(MOST_ENTRIES - answer.getEntriesCount()).forEach(answer::addEntries);
        }
        return answer.build();
    }

    private static CustodyEntry.Builder entry(long cookie, boolean broker, boolean custody, boolean journal) {
        return CustodyEntry.newBuilder()
                .setCookie(cookie)
                .setInBroker(broker)
                .setInCustody(custody)
                .setInJournal(journal);
    }

    private Map<SocketName, Long> records(Caller caller, GetCustodyResponse.Builder answer) {
        Map<SocketName, Long> records = new HashMap<>();
        try {
            JournalSnapshot snapshot = journal.load();
            snapshot.sockets().forEach((StoredSocket stored) -> {
                if (caller.sees(stored.getUid())) {
                    records.put(
                            new SocketName(stored.getUid(), stored.getApp(), stored.getSocketId()), stored.getCookie());
                }
            });
        } catch (StoreException e) {
            answer.addTroubles("journal: " + e.getMessage());
        }
        return records;
    }
}
